"""Proposals and tries as documents of the JSON interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from core.api.documents import OutcomeOut
from pulls.making.facts import whole_body
from pulls.models import Attempt, PullRequest


class ProposalOut(Schema):
    """A recipe edited to a new version. Where it was opened, `repository`, `number` and `url` say
    so, and `on_forge` how it was last seen there; empty otherwise. `outcome` is that of dealing
    with the forge, null before that."""

    id: int
    key: str
    name: str
    version: str
    old_version: str
    state: str
    title: str
    branch: str
    repository: str
    number: int | None
    url: str
    on_forge: str
    outcome: OutcomeOut | None
    made_at: datetime
    opened_at: datetime | None
    looked_at: datetime | None
    ended_at: datetime | None


class EditOut(Schema):
    """One place of the recipe that was changed; `line` counts from 1."""

    line: int
    before: str
    after: str
    why: str


class ProposalInFullOut(ProposalOut):
    """With its words; `diff` is a unified diff that `git apply` takes."""

    body: str
    diff: str
    edits: list[EditOut]


class TryOut(Schema):
    """How the last try ended to propose the newest version; `next_try_at` is null where it waits
    for another recipe or version, or for a person."""

    key: str
    name: str
    version: str
    tries: int = Field(description="Of this version and recipe.")
    outcome: OutcomeOut
    started_at: datetime | None
    finished_at: datetime | None
    next_try_at: datetime | None


def of_proposal(row: PullRequest) -> dict[str, Any]:
    columns = ("version", "old_version", "state", "title", "branch", "repository", "url")
    moments = ("made_at", "opened_at", "looked_at", "ended_at")
    return {
        "id": row.pk,
        "key": row.feedstock.key,
        "name": row.feedstock.name,
        **{name: getattr(row, name) for name in columns},
        "number": row.number or None,
        "on_forge": row.on_forge,
        "outcome": row.outcome or None,
        **{name: getattr(row, name) for name in moments},
    }


def of_proposal_in_full(row: PullRequest) -> dict[str, Any]:
    return of_proposal(row) | {"body": whole_body(row), "diff": row.diff, "edits": row.edits}


def of_try(row: Attempt) -> dict[str, Any]:
    return {
        "key": row.feedstock.key,
        "name": row.feedstock.name,
        "version": row.version,
        "tries": row.number,
        "outcome": row.outcome,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "next_try_at": row.next_try_at,
    }
