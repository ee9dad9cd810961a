"""Freshness as a promise: how old the answers are, and how soon a release is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from versions.models import Package, PackageQuerySet, VersionChange

DETECTED_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Freshness:
    """Ages of the last successful check of all that is watched, in seconds; None if there is none.
    `never` were not checked with success yet."""

    watched: int
    never: int
    p50_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class Detection:
    """Seconds from a release upstream to its detection here, of the `changes` of late whose date
    of release is known; None if there are none."""

    changes: int
    p50_s: float | None
    p95_s: float | None


def freshness(now: datetime | None = None) -> Freshness:
    now = now or timezone.now()
    watched = Package.objects.watched()
    succeeded = watched.filter(last_success_at__isnull=False)
    total, count = watched.count(), succeeded.count()
    return Freshness(
        total, total - count, _age(succeeded, count, 0.5, now), _age(succeeded, count, 0.95, now)
    )


def _age(rows: PackageQuerySet, count: int, share: float, now: datetime) -> float | None:
    """The age that this share of the rows is younger than."""
    if not count:
        return None
    youngest_first = rows.order_by("-last_success_at").values_list("last_success_at", flat=True)
    moment = youngest_first[_place(count, share)]
    return (now - moment).total_seconds() if moment else None


def detection(now: datetime | None = None, within: timedelta = DETECTED_WITHIN) -> Detection:
    """Only what was released after its package was watched: earlier no one could notice it."""
    now = now or timezone.now()
    seen = VersionChange.objects.filter(
        seen_at__gt=now - within, released_at__gte=F("package__watched_at")
    )
    pairs = seen.exclude(from_version="").values_list("seen_at", "released_at")
    waits = sorted(
        max(0.0, (seen_at - released_at).total_seconds())
        for seen_at, released_at in pairs
        if released_at
    )
    return Detection(len(waits), _percentile(waits, 0.5), _percentile(waits, 0.95))


def _percentile(values: Sequence[float], share: float) -> float | None:
    return values[_place(len(values), share)] if values else None


def _place(count: int, share: float) -> int:
    """Of so many in order, the one that this share of all come before, or is among."""
    return min(count - 1, int(share * count))
