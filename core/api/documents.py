"""Rows of the plumbing as documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from core.hosts import Listed
from core.jobs import registry
from core.models import Job
from core.outcomes import OutcomeKind


class OutcomeOut(Schema):
    """How a stage ended. `line` counts from 1; 0 is unknown."""

    code: str
    message: str
    next: str = ""
    file: str = ""
    line: int = 0
    field: str = ""
    transient: bool = False


class JobOut(Schema):
    id: int
    kind: str
    title: str
    target: str
    queue: str
    state: str
    done: int
    total: int
    note: str
    attempts: int
    requested_by: str | None
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    outcome: OutcomeOut | None
    result: dict[str, Any]


class HostOut(Schema):
    """`in_flight` requests at once and `rate` a second are the most it is asked; requests, failures
    and mean seconds are those of the latest sweeps; packages are those looked up there first."""

    id: int
    origin: str
    circuit: str
    blocked_until: datetime | None
    reason: str
    failures_in_a_row: int
    last_error: str
    last_error_at: datetime | None
    in_flight: int
    rate: float
    packages: int
    due: int
    requests: int
    failures: int
    mean_s: float | None


class OutcomeKindOut(Schema):
    """What an outcome's code means; `turn` is whose turn it is to act on it."""

    code: str
    title: str
    sentence: str
    next: str
    transient: bool
    turn: str


def of_job(job: Job) -> dict[str, Any]:
    person = job.requested_by
    return {
        "id": job.pk,
        "kind": job.kind,
        "title": registry.title(job.kind),
        "target": job.target,
        "queue": job.queue,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "attempts": job.attempts,
        "requested_by": person.get_username() if person else None,
        "requested_at": job.requested_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "outcome": job.outcome or None,
        "result": job.result,
    }


def of_host(each: Listed) -> dict[str, Any]:
    row, figures = each.row, each.figures
    return {
        "id": row.pk,
        "origin": row.origin,
        "circuit": row.circuit,
        "blocked_until": row.blocked_until,
        "reason": row.reason,
        "failures_in_a_row": row.failures,
        "last_error": row.last_error,
        "last_error_at": row.last_error_at,
        "in_flight": row.in_flight,
        "rate": row.rate,
        "packages": figures.packages,
        "due": figures.due,
        "requests": figures.requests,
        "failures": figures.failures,
        "mean_s": figures.mean_s,
    }


def of_kind(kind: OutcomeKind) -> dict[str, Any]:
    return {
        "code": kind.code,
        "title": kind.title,
        "sentence": kind.sentence,
        "next": kind.next,
        "transient": kind.transient,
        "turn": kind.turn.value,
    }
