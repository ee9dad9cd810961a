"""What is checked when, and who has it: the only writer of the plan columns.

A package is due by (priority, next check). Whoever works claims due packages by a lease: a
compare-and-swap `update()` that puts its token on the row. Whoever no longer finds its token on a
row has lost it, and drops its result.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Count, DateTimeField, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from core import overrides
from core.overrides import Person
from versions.models import DEATHS, Package, PackageQuerySet
from versions.planning import pauses
from versions.planning.intervals import RETRY_MOST, back_off
from versions.planning.lanes import blocked_lanes

INNOCENT_DEATHS = 2  # a worker may die of something else that often while it holds a package
SUSPECTS_AT_ONCE = 4
MOST_AT_ONCE = 2000
SLICE = 500
LOOKED_UP_BY = (
    "key",
    "name",
    "current_version",
    "urls",
    "settings",
    "lane",
    "attempts",
    "upstream",
    "seen",
    "judge_again_at",
)


def new_token(sweep_id: int | None = None) -> str:
    """A token for leases; those of one sweep begin alike."""
    return f"{_prefix(sweep_id)}{uuid.uuid4().hex[:16]}"


def _prefix(sweep_id: int | None) -> str:
    return f"{sweep_id or 0}-"


# What is due


def waiting(now: datetime) -> dict[str, int]:
    """How many packages are due and free, by lane; of lanes that may be asked now."""
    rows = _askable(now).order_by().values_list("lane").annotate(count=Count("pk"))
    return dict(rows.values_list("lane", "count"))


def remaining(since: datetime, now: datetime) -> dict[str, int]:
    """How many packages that were due at a moment are still to be checked, by lane: those in
    somebody's hands, and those that may be asked for."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = (
        Package.objects.watched()
        .filter(paused=False, next_check_at__lte=since)
        .exclude(free, lane__in=_not_to_be_asked(now))
        .values_list("lane")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


def is_overdue(now: datetime) -> bool:
    """Whether something has been due for so long, or so urgently, that a sweep should begin."""
    late = Q(next_check_at__lte=now - _gathering()) | Q(checked_at=None)
    return _askable(now).filter(late).exists()


def _askable(now: datetime) -> PackageQuerySet:
    closed = _not_to_be_asked(now)
    due = Package.objects.due(now).exclude(lane__in=closed)
    return due.none() if pauses.ALL in closed else due


def _not_to_be_asked(now: datetime) -> set[str]:
    return blocked_lanes(now) | pauses.paused().keys()


def _gathering() -> timedelta:
    return timedelta(minutes=settings.CHECK_GATHER_MINUTES)


# Leases


def claim(
    token: str,
    most: Mapping[str, int],
    due: Mapping[str, int],
    now: datetime,
    *,
    suspects: int = SUSPECTS_AT_ONCE,
) -> list[Package]:
    """Claim up to so many due packages of each lane, the most urgent first. `due` says how many
    there were a moment ago: lanes that are wanted as a whole are claimed together.

    Of those that were in the hands of several workers that died, only so many `suspects` are
    claimed, so that few innocent ones are in bad company when the next one dies.
    """
    whole = [lane for lane, count in most.items() if due.get(lane, 0) <= count]
    rows = Package.objects.due(now).filter(attempts__lt=INNOCENT_DEATHS)
    suspected = Package.objects.due(now).filter(attempts__gte=INNOCENT_DEATHS, lane__in=most)
    ids = _claim(token, suspected, suspects, now) if suspects > 0 else []
    ids += _claim(token, rows.filter(lane__in=whole), MOST_AT_ONCE, now) if whole else []
    for lane, count in most.items():
        if due.get(lane, 0) > count:
            ids += _claim(token, rows.filter(lane=lane), count, now)
    return [row for part in _slices(ids) for row in _claimed(token).filter(pk__in=part)]


def claim_packages(token: str, keys: Iterable[str], now: datetime) -> list[Package]:
    """Claim named packages, due or not, for a person who waits; a worker that has one loses it."""
    named = Package.objects.watched().filter(key__in=list(keys))
    _update(named, **_lease(token, now))
    return list(_claimed(token))


def _claim(token: str, rows: PackageQuerySet, most: int, now: datetime) -> list[int]:
    """Two workers never wait for each other: each passes over what the other is claiming."""
    with transaction.atomic():
        first = rows.order_by("-priority", "next_check_at").values_list("pk", flat=True)
        if connection.features.has_select_for_update_skip_locked:
            first = first.select_for_update(skip_locked=True)
        ids = list(first[:most])
        for part in _slices(ids):
            Package.objects.filter(pk__in=part).update(**_lease(token, now))
    return ids


def _claimed(token: str) -> PackageQuerySet:
    return Package.objects.leased(token).only(*LOOKED_UP_BY)


def _slices(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))


def _lease(token: str, now: datetime) -> dict[str, Any]:
    return {
        "lease_token": token,
        "lease_until": now + timedelta(seconds=settings.CHECK_LEASE_SECONDS),
        "attempts": F("attempts") + 1,
        "next_check_at": _if_never_recorded(now),
    }


def _if_never_recorded(now: datetime) -> Case:
    """When a claimed package comes up again if its worker dies: as soon as the lease ends at first,
    then ever later, so that a package that kills its worker can't do so in a loop."""
    after = now + timedelta(seconds=settings.CHECK_LEASE_SECONDS)
    steps = [
        When(attempts__lt=DEATHS, then=F("next_check_at")),
        *(When(attempts=DEATHS + n, then=Value(after + back_off(n + 1))) for n in range(9)),
    ]
    return Case(*steps, default=Value(after + RETRY_MOST), output_field=DateTimeField())


def renew(token: str) -> int:
    """Keep what is held for another lease; returns how many packages are still ours."""
    until = timezone.now() + timedelta(seconds=settings.CHECK_LEASE_SECONDS)
    return _update(Package.objects.leased(token), lease_until=until)


def release(token: str, ids: list[int] | None = None) -> int:
    """Give back what was not done, all or these: due as before, the attempt not counted."""
    held = Package.objects.leased(token)
    if ids is None:
        return _release(held)
    return sum(_release(held.filter(pk__in=part)) for part in _slices(ids))


def release_sweep(sweep_id: int) -> int:
    """Take back what anybody holds for a sweep."""
    return _release(Package.objects.filter(lease_token__startswith=_prefix(sweep_id)))


def release_all() -> int:
    """Take back what anybody holds; they are gone, with the database that is restored now."""
    return _release(Package.objects.exclude(lease_token=""))


def _release(rows: PackageQuerySet) -> int:
    return _update(
        rows,
        lease_token="",
        lease_until=None,
        attempts=F("attempts") - 1,
        next_check_at=Least(F("next_check_at"), Value(timezone.now())),
    )


def let_go(packages: PackageQuerySet) -> int:
    """Take packages out of hands that can't be there any more; the attempt stays counted."""
    return _update(packages, lease_token="", lease_until=None)


def postpone(token: str, waits: Mapping[int, float]) -> int:
    """Give back packages, by id, whose host could not be asked now, for so many seconds. That says
    nothing about them, so neither an attempt nor a failure is counted."""
    by_second: dict[int, list[int]] = {}
    for pk, seconds in waits.items():
        by_second.setdefault(int(seconds) + 1, []).append(pk)
    return sum(
        _update(
            Package.objects.leased(token).filter(pk__in=ids),
            lease_token="",
            lease_until=None,
            next_check_at=timezone.now() + min(timedelta(seconds=seconds), RETRY_MOST),
            attempts=F("attempts") - 1,
        )
        for seconds, ids in by_second.items()
    )


def _update(rows: PackageQuerySet, **values: Any) -> int:
    """Update rows that others may be updating, too: all lock them in the same order, so that no two
    wait for each other."""
    with transaction.atomic():
        locked = rows.select_for_update().order_by("pk").values_list("pk", flat=True)
        slices = _slices(list(locked))
        return sum(Package.objects.filter(pk__in=part).update(**values) for part in slices)


# What people ask for


def hasten(packages: PackageQuerySet) -> int:
    """Make packages due now, before those that merely are."""
    return _update(packages.watched(), next_check_at=timezone.now() - _gathering())


def put_off(packages: PackageQuerySet, wait: timedelta) -> int:
    """Make packages that are in nobody's hands due later."""
    now = timezone.now()
    return _update(packages.due(now), next_check_at=now + wait)


def retry_by_outcome(code: str, *, by: Person, reason: str = "") -> int:
    """Try all again, now, that failed with this outcome, or that killed whoever looked them up and
    had this outcome before; returns how many."""
    if not (count := hasten(Package.objects.in_trouble().filter(outcome_code=code))):
        return 0
    overrides.decide("retry", f"outcome:{code}", by=by, reason=reason, value={"packages": count})
    return count


def pause(packages: PackageQuerySet, *, by: Person, reason: str = "") -> int:
    """Stop checking packages until a person resumes them."""
    keys = list(packages.filter(paused=False).values_list("key", flat=True))
    for key in keys:
        overrides.decide("pause", key, by=by, reason=reason)
    return Package.objects.filter(key__in=keys).update(paused=True)


def resume(packages: PackageQuerySet, *, by: Person) -> int:
    keys = list(packages.filter(paused=True).values_list("key", flat=True))
    for key in keys:
        overrides.undo("pause", key, by=by)
    return Package.objects.filter(key__in=keys).update(paused=False, next_check_at=timezone.now())
