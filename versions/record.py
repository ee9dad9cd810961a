"""Writing down what checks found: the only writer of answers, candidates and history."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from core import overrides
from core.models import outcome_values
from core.outcomes import OK
from core.overrides import Person
from versions import planner
from versions.lookup import Answer
from versions.models import Candidate, Package, PackageQuerySet, VersionChange
from versions.outcomes import ALL_REJECTED, ONLY_WITHOUT_SDIST
from versions.selection import Judgement, kept

CANDIDATE_COLUMNS = [
    "version",
    "tagged",
    "url",
    "position",
    "released_at",
    "prerelease",
    "yanked",
    "artefacts",
    "verdict",
    "rule",
    "sentence",
]
# Failures for want of an acceptable version: a decision may end, or be, the reason.
JUDGED = frozenset({ALL_REJECTED.code, ONLY_WITHOUT_SDIST.code})


@dataclass(frozen=True, slots=True)
class Checked:
    """A result on its way into the database; `token` proves that the package is still ours."""

    package_id: int
    token: str
    answer: Answer


@dataclass(slots=True)
class Recorded:
    checked: int = 0
    changed: int = 0
    failed: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, other: Recorded) -> None:
        self.checked += other.checked
        self.changed += other.changed
        self.failed += other.failed
        self.outcomes.update(other.outcomes)


def record(results: Sequence[Checked]) -> Recorded:
    """Write answers, candidates and history together, in one short transaction.

    A result whose package no longer carries its token is dropped: another worker has it now.
    """
    now = timezone.now()
    total = Recorded()
    with transaction.atomic():
        rows = Package.objects.select_for_update().in_bulk([each.package_id for each in results])
        for each in results:
            package = rows.get(each.package_id)
            if package is None or package.lease_token != each.token:
                continue
            total.add(_record_one(package, each.answer, now))
    return total


def _record_one(package: Package, answer: Answer, now: datetime) -> Recorded:
    changed = answer.outcome.ok and answer.latest_version != package.latest_version
    values = _answered(package, answer, now) if answer.outcome.ok else _failed(package, answer, now)
    if answer.judgements:
        values |= _record_candidates(package, answer, now)
    Package.objects.filter(pk=package.pk).update(
        **values,
        **outcome_values(answer.outcome),
        **_beside(answer),
        checked_at=now,
        answered_at=now,
        checks=F("checks") + 1,
        lease_token="",
        lease_until=None,
    )
    if changed:
        _append_history(package, answer, now)
    return Recorded(
        checked=1,
        changed=int(changed),
        failed=int(not answer.outcome.ok),
        outcomes=Counter([answer.outcome.code]),
    )


def _beside(answer: Answer) -> dict[str, Any]:
    return {
        "remarks": [remark.as_dict() for remark in answer.remarks],
        "problems": [asdict(problem) for problem in answer.problems],
    }


def _latest(answer: Answer) -> dict[str, Any]:
    return {
        "latest_version": answer.latest_version,
        "latest_source": answer.source if answer.latest_version else "",
        "latest_url": answer.url if answer.latest_version else "",
        "latest_released_at": answer.released_at,
    }


def _answered(package: Package, answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        **_latest(answer),
        "last_success_at": now,
        "failures": 0,
        "attempts": 0,
        "next_check_at": planner.after_success(now),
    }


def _failed(package: Package, answer: Answer, now: datetime) -> dict[str, Any]:
    failures = package.failures + 1
    return {
        "failures": failures,
        "attempts": 0,
        "next_check_at": planner.after_failure(now, failures, answer.retry_after),
    }


def _append_history(package: Package, answer: Answer, now: datetime) -> None:
    last = package.changes.aggregate(last=Max("sequence"))["last"] or 0
    VersionChange.objects.create(
        package=package,
        sequence=last + 1,
        from_version=package.latest_version,
        to_version=answer.latest_version,
        source=answer.source,
        seen_at=now,
        released_at=answer.released_at,
    )


def _record_candidates(package: Package, answer: Answer, now: datetime) -> dict[str, Any]:
    """Replace the candidates unless they are what they were; returns the columns about them."""
    keep, left_out = kept(answer.judgements, package.current_version)
    rows = [
        _candidate(package, answer.source, position, each, now)
        for position, each in enumerate(_unique(keep))
    ]
    digest = _digest(rows)
    if digest == package.candidates_digest:
        return {}
    Candidate.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["package", "source", "tag"],
        update_fields=CANDIDATE_COLUMNS,
    )
    current = {(row.source, row.tag) for row in rows}
    gone = [
        pk
        for pk, source, tag in package.candidates.values_list("pk", "source", "tag")
        if (source, tag) not in current
    ]
    Candidate.objects.filter(pk__in=gone).delete()
    return {"candidates_digest": digest, "candidates_left_out": left_out}


def _unique(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The first judgement of each tag."""
    first: dict[str, Judgement] = {}
    for each in judgements:
        first.setdefault(tag_of(each), each)
    return list(first.values())


def tag_of(judgement: Judgement) -> str:
    """What tells a release from others of its source."""
    return (judgement.release.tag or judgement.release.version)[:255]


def _candidate(
    package: Package, source: str, position: int, each: Judgement, now: datetime
) -> Candidate:
    release = each.release
    return Candidate(
        package=package,
        version=each.version[:128],
        tag=tag_of(each),
        tagged=bool(release.tag),
        source=source,
        url=release.url if len(release.url) <= 1000 else "",
        position=position,
        released_at=release.released_at,
        prerelease=release.prerelease,
        yanked=release.yanked,
        artefacts=sorted(release.artefacts),
        verdict=each.verdict,
        rule=each.rule,
        sentence=each.sentence[:300],
        first_seen_at=now,
    )


def _digest(rows: Iterable[Candidate]) -> str:
    content = [
        [row.source, row.tag, *(str(getattr(row, column)) for column in CANDIDATE_COLUMNS)]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def rejudge(package: Package, answer: Answer) -> None:
    """Write what the stored candidates come to after a decision, though nobody asked upstream.

    What a failed check said of the host stays. A worker that has the package loses it, because it
    judges by the decisions of before; then the package is due again.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Package.objects.select_for_update().get(pk=package.pk)
        values = _latest(answer) | _beside(answer) | _judged(row, answer)
        values |= _record_candidates(row, answer, now)
        if "candidates_left_out" in values:
            values["candidates_left_out"] += row.candidates_left_out
        Package.objects.filter(pk=row.pk).update(**values, **_taken_back(row, now), answered_at=now)
        if answer.latest_version and answer.latest_version != row.latest_version:
            _append_history(row, answer, now)


def withdraw(package: Package) -> None:
    """Take an answer back that a decision forbids, until upstream was asked for another one."""
    now = timezone.now()
    with transaction.atomic():
        row = Package.objects.select_for_update().get(pk=package.pk)
        Package.objects.filter(pk=row.pk).update(
            **_latest(Answer(OK)), **_taken_back(row, now), answered_at=now
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
            answered_at=timezone.now(),
        )
        planner.hasten(rows)
    return count
