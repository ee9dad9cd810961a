"""What is checked when: the only writer of the plan columns.

A package is due by (priority, next check). Workers claim due packages in chunks by a lease: a
compare-and-swap `update()` that puts the chunk's token on the row. Whoever no longer finds its
token on a row has lost it, and drops its result.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Case, Count, DateTimeField, F, Q, Value, When
from django.utils import timezone

from core import hosts, overrides
from core.hosts import Figures
from core.overrides import Person
from versions.models import Package, PackageQuerySet

CHUNK_SIZE = 100
RETRY_FIRST = timedelta(minutes=15)
RETRY_MOST = timedelta(days=7)
JITTER = 0.2
# Lanes have the name of the host that is asked, but for these.
HOSTS = {"cran": "cran.r-project.org", "bioconductor": "bioconductor.org"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Packages claimed together: their rows carry `token`."""

    token: str
    lane: str
    size: int


def claim(now: datetime, *, chunks: int) -> list[Chunk]:
    """Claim up to so many chunks of due packages, the most urgent first; none of hosts that are
    left alone for now."""
    askable = Package.objects.due(now).exclude(lane__in=blocked_lanes(now))
    rows = askable.order_by("-priority", "next_check_at")
    wanted = rows.values_list("pk", "lane")[: chunks * CHUNK_SIZE]
    slices = _by_lane(wanted)
    claimed = [
        _claim(lane, Package.objects.due(now).filter(pk__in=ids), now) for lane, ids in slices
    ]
    return [chunk for chunk in claimed if chunk.size]


def claim_packages(keys: Iterable[str], now: datetime) -> Chunk:
    """Claim named packages, due or not, for a person who waits; a worker that has one loses it."""
    named = Package.objects.watched().filter(key__in=list(keys))
    return _claim("", named, now)


def _by_lane(rows: Iterable[tuple[int, str]]) -> Iterator[tuple[str, list[int]]]:
    """Slices of one lane each; what is left of small lanes shares a slice, whole lanes together."""
    lanes: dict[str, list[int]] = {}
    for pk, lane in rows:
        lanes.setdefault(lane, []).append(pk)
    mixed: list[int] = []
    for lane, ids in lanes.items():
        whole = len(ids) - len(ids) % CHUNK_SIZE
        for start in range(0, whole, CHUNK_SIZE):
            yield lane, ids[start : start + CHUNK_SIZE]
        if len(mixed) + len(ids) - whole > CHUNK_SIZE:
            yield "mixed", mixed
            mixed = []
        mixed = mixed + ids[whole:]
    if mixed:
        yield "mixed", mixed


def _claim(lane: str, rows: PackageQuerySet, now: datetime) -> Chunk:
    token = uuid.uuid4().hex
    size = rows.update(
        lease_token=token,
        lease_until=now + _lease(),
        attempts=F("attempts") + 1,
        next_check_at=_if_never_recorded(now),
    )
    return Chunk(token, lane, size)


def blocked_lanes(now: datetime) -> set[str]:
    """The lanes whose host is left alone."""
    blocked = hosts.blocked(now)
    return blocked | {lane for lane, host in _named_otherwise().items() if host in blocked}


def _named_otherwise() -> dict[str, str]:
    return HOSTS | {"index": urlsplit(settings.BOTSITE_HTTP["index_endpoint"]).netloc}


@hosts.tells_of_hosts
def lane_figures() -> dict[str, Figures]:
    """How many packages each lane has, and how many of them are due, by host."""
    now = timezone.now()
    due = Q(next_check_at__lte=now, paused=False)
    counted = {"packages": Count("pk"), "waiting": Count("pk", filter=due)}
    rows = Package.objects.watched().values_list("lane").annotate(**counted)
    names = _named_otherwise()
    return {
        names.get(lane, lane): Figures(packages=packages, due=waiting)
        for lane, packages, waiting in rows
    }


def _lease() -> timedelta:
    return timedelta(seconds=settings.CHECK_LEASE_SECONDS)


def _if_never_recorded(now: datetime) -> Case:
    """When a claimed package comes up again if its worker dies: at the end of the lease at first,
    then ever later, so that a package that kills its worker can't do so in a loop."""
    after = now + _lease()
    steps = [
        When(attempts=0, then=Value(after)),
        *(When(attempts=n, then=Value(after + back_off(n))) for n in range(1, 10)),
    ]
    return Case(*steps, default=Value(after + RETRY_MOST), output_field=DateTimeField())


def renew(token: str) -> int:
    """Keep a chunk for another lease; returns how many of its packages are still ours."""
    return Package.objects.leased(token).update(lease_until=timezone.now() + _lease())


def release(token: str) -> int:
    """Give back what was not done: due at once, the attempt not counted."""
    return Package.objects.leased(token).update(
        lease_token="", lease_until=None, next_check_at=timezone.now(), attempts=F("attempts") - 1
    )


def postpone(token: str, waits: Mapping[int, float]) -> int:
    """Give back packages, by id, whose host could not be asked now, for so many seconds. That says
    nothing about them, so neither an attempt nor a failure is counted."""
    by_second: dict[int, list[int]] = {}
    for pk, seconds in waits.items():
        by_second.setdefault(int(seconds) + 1, []).append(pk)
    return sum(
        Package.objects.leased(token)
        .filter(pk__in=ids)
        .update(
            lease_token="",
            lease_until=None,
            next_check_at=timezone.now() + min(timedelta(seconds=seconds), RETRY_MOST),
            attempts=F("attempts") - 1,
        )
        for seconds, ids in by_second.items()
    )


def back_off(failures: int) -> timedelta:
    """15 minutes, doubled with each failure in a row, seven days at most."""
    doublings = min(max(failures, 1) - 1, 20)
    return min(RETRY_FIRST * (1 << doublings), RETRY_MOST)


def after_success(now: datetime) -> datetime:
    return now + _jittered(timedelta(hours=settings.CHECK_INTERVAL_HOURS))


def after_failure(now: datetime, failures: int, retry_after: float | None) -> datetime:
    """`failures` in a row, this one included; `retry_after` seconds are what the host asked for."""
    wait = _jittered(back_off(failures))
    asked_for = min(retry_after or 0, RETRY_MOST.total_seconds())
    return now + max(wait, timedelta(seconds=asked_for))


def _jittered(interval: timedelta) -> timedelta:
    return interval * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load


def hasten(packages: PackageQuerySet) -> int:
    """Make packages due now."""
    return packages.watched().update(next_check_at=timezone.now())


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
