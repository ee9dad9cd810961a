"""Answers that change though nobody asked upstream: because people decided something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import overrides
from core.models import outcome_values
from core.outcomes import OK
from core.overrides import Person
from versions.asking.answers import Answer
from versions.models import Candidate, Package, PackageQuerySet
from versions.outcomes import ALL_REJECTED, ONLY_WITHOUT_SDIST
from versions.planning import planner
from versions.recording import candidates, history, record

# Failures for want of an acceptable version: a decision may end, or be, the reason.
JUDGED = frozenset({ALL_REJECTED.code, ONLY_WITHOUT_SDIST.code})
# Upstream is judged anew, whatever it says of its state.
FORGOTTEN: dict[str, Any] = {"seen": "", "judge_again_at": None}


def rejudge(package: Package, answer: Answer) -> None:
    """Write what the stored candidates come to after a decision, though nobody asked upstream.

    What a failed check said of the host stays. A worker that has the package loses it, because it
    judges by the decisions of before; then the package is due again.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Package.objects.select_for_update().get(pk=package.pk)
        values = record.latest(answer) | record.beside(answer) | _judged(row, answer) | FORGOTTEN
        if fresh := record.fresh_candidates(row, answer):
            candidates.replace([fresh], now)
            values |= record.about_candidates(fresh)
            values["candidates_left_out"] += row.candidates_left_out
        Package.objects.filter(pk=row.pk).update(**values, **_taken_back(row, now), answered_at=now)
        change = history.change(row, answer, now)
        if change and answer.latest_version:
            history.append([change])


def withdraw(package: Package) -> None:
    """Take an answer back that a decision forbids, until upstream was asked for another one."""
    now = timezone.now()
    with transaction.atomic():
        row = Package.objects.select_for_update().get(pk=package.pk)
        Package.objects.filter(pk=row.pk).update(
            **record.latest(Answer(OK)), **FORGOTTEN, **_taken_back(row, now), answered_at=now
        )


def _judged(package: Package, answer: Answer) -> dict[str, Any]:
    if package.failures and package.outcome_code not in JUDGED:
        return {}
    failures = 0 if answer.outcome.ok else max(1, package.failures)
    return {**outcome_values(answer.outcome), "failures": failures}


def _taken_back(package: Package, now: datetime) -> dict[str, Any]:
    if not package.lease_token:
        return {}
    return {"lease_token": "", "lease_until": None, "next_check_at": now}


def judge_anew(packages: PackageQuerySet) -> None:
    """Let the next look judge, whatever upstream says of its state."""
    packages.update(**FORGOTTEN)


def reset(packages: PackageQuerySet, *, by: Person, reason: str = "") -> int:
    """Forget the answers of packages and look again; the history stays."""
    keys = list(packages.values_list("key", flat=True))
    with transaction.atomic():
        for key in keys:
            overrides.decide("reset", key, by=by, reason=reason)
        Candidate.objects.filter(package__key__in=keys).delete()
        rows = Package.objects.filter(key__in=keys)
        count = rows.update(
            latest_version="",
            latest_source="",
            latest_url="",
            latest_released_at=None,
            last_success_at=None,
            outcome_code="",
            outcome={},
            failures=0,
            candidates_digest="",
            candidates_left_out=0,
            **FORGOTTEN,
            answered_at=timezone.now(),
        )
        planner.hasten(rows)
    return count
