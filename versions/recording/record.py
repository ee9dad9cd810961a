"""Writing down what checks found.

Answers are written here and, where people decide, in `corrections`; nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import statements
from core.models import outcome_values
from versions.asking.answers import Answer
from versions.models import Package, VersionChange
from versions.planning import intervals
from versions.recording import candidates, history
from versions.recording.candidates import Worth
from versions.recording.recorded import Checked, Recorded

NEIGHBOURS = 50  # unchanged packages that share a moment of their next check
# What others see of an answer: who reads along is told when one of these changes.
SHOWN = (
    "latest_version",
    "latest_source",
    "latest_url",
    "latest_released_at",
    "outcome",
    "failures",
    "remarks",
    "problems",
    "candidates_digest",
)
WRITTEN = (
    *SHOWN,
    "outcome_code",
    "candidates_left_out",
    "seen",
    "judge_again_at",
    "check_every",
    "next_check_at",
    "attempts",
    "lease_token",
    "lease_until",
    "checked_at",
    "last_success_at",
    "answered_at",
    "checks",
)


def record(results: Sequence[Checked]) -> Recorded:
    """Write answers, candidates and history together, in one short transaction.

    A result whose package no longer carries its token is dropped: another worker has it now.
    """
    now = timezone.now()
    total = Recorded()
    with transaction.atomic():
        _mark([each for each in results if each.answer.unchanged], total, now)
        _write([each for each in results if not each.answer.unchanged], total, now)
    return total


# What is as it was


def _mark(results: Sequence[Checked], total: Recorded, now: datetime) -> None:
    """Note that packages were checked, and nothing else."""
    rows = _locked(results, "lease_token", "outcome_code", "check_every", "judge_again_at")
    moments: list[tuple[datetime, int]] = []
    for each in results:
        if package := _ours(each, rows):
            again = intervals.after_success(now, package.check_every, package.judge_again_at)
            moments.append((again, package.pk))
            total.count(each, package.outcome_code)
            total.unchanged += 1
    moments.sort()
    for start in range(0, len(moments), NEIGHBOURS):
        together = moments[start : start + NEIGHBOURS]
        Package.objects.filter(pk__in=[pk for _, pk in together]).update(
            checked_at=now,
            last_success_at=now,
            next_check_at=together[0][0],
            checks=F("checks") + 1,
            attempts=0,
            lease_token="",
            lease_until=None,
        )


def _locked(results: Iterable[Checked], *columns: str) -> dict[int, Package]:
    """Rows are always locked in the same order, so that no two workers wait for each other."""
    ids = [each.package_id for each in results]
    rows = Package.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in (rows.only(*columns) if columns else rows)} if ids else {}


def _ours(result: Checked, rows: dict[int, Package]) -> Package | None:
    package = rows.get(result.package_id)
    return package if package and package.lease_token == result.token else None


# What is new


def _write(results: Sequence[Checked], total: Recorded, now: datetime) -> None:
    rows = _locked(results)
    written: list[Package] = []
    worth: list[Worth] = []
    changes: list[VersionChange] = []
    for each in results:
        if package := _ours(each, rows):
            if change := history.change(package, each.answer, now):
                changes.append(change)
            if fresh := fresh_candidates(package, each.answer):
                worth.append(fresh)
            _set(package, _columns(package, each.answer, fresh, now), now)
            written.append(package)
            total.count(each, each.answer.outcome.code)
    total.changed += len(changes)
    candidates.replace(worth, now)
    history.append(changes)
    _update(written)


def _set(package: Package, values: dict[str, Any], now: datetime) -> None:
    """Set columns; who reads along is told if one that is shown is another."""
    shown = package.answered_at is None or any(
        values[name] != getattr(package, name) for name in SHOWN if name in values
    )
    for name, value in values.items():
        setattr(package, name, value)
    package.checked_at = now
    package.answered_at = now if shown else package.answered_at
    package.checks += 1
    package.attempts = 0
    package.lease_token = ""
    package.lease_until = None


def _update(packages: Sequence[Package]) -> None:
    """Their rows are locked."""
    rows = [(*(getattr(each, name) for name in WRITTEN), each.pk) for each in packages]
    if rows:
        statements.update(Package, WRITTEN, rows)


def _columns(
    package: Package, answer: Answer, fresh: Worth | None, now: datetime
) -> dict[str, Any]:
    values = _answered(package, answer, now) if answer.outcome.ok else _failed(package, answer, now)
    values |= {**outcome_values(answer.outcome), **beside(answer)}
    return values | (about_candidates(fresh) if fresh else {})


def beside(answer: Answer) -> dict[str, Any]:
    return {
        "remarks": [remark.as_dict() for remark in answer.remarks],
        "problems": [asdict(problem) for problem in answer.problems],
    }


def latest(answer: Answer) -> dict[str, Any]:
    return {
        "latest_version": answer.latest_version,
        "latest_source": answer.source if answer.latest_version else "",
        "latest_url": answer.url if answer.latest_version else "",
        "latest_released_at": answer.released_at,
    }


def _answered(package: Package, answer: Answer, now: datetime) -> dict[str, Any]:
    every = intervals.pace(answer.judgements, now)
    return {
        **latest(answer),
        "last_success_at": now,
        "failures": 0,
        "seen": answer.seen,
        "judge_again_at": answer.judge_again_at,
        "check_every": every,
        "next_check_at": intervals.after_success(now, every, answer.judge_again_at),
    }


def _failed(package: Package, answer: Answer, now: datetime) -> dict[str, Any]:
    failures = package.failures + 1
    return {
        "failures": failures,
        "seen": "",
        "judge_again_at": None,
        "next_check_at": intervals.after_failure(now, failures, answer.retry_after),
    }


def fresh_candidates(package: Package, answer: Answer) -> Worth | None:
    """The candidates of an answer, unless they are those that are stored."""
    if not answer.judgements:
        return None
    worth = candidates.worth_storing(package, answer.source, answer.judgements)
    return None if worth.digest == package.candidates_digest else worth


def about_candidates(worth: Worth) -> dict[str, Any]:
    return {"candidates_digest": worth.digest, "candidates_left_out": worth.left_out}
