"""How long the version service remembers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from core.forgetting import forget, stays
from versions.models import Candidate, Package, Sweep, VersionChange


@forget(
    "versions.sweep_details",
    Sweep,
    title="figures by lane and by host of sweeps",
    days=30,
    why="to see when a host became slow",
    emptied={"hosts": {}, "lanes": {}},
)
def _sweep_details(before: datetime) -> QuerySet[Sweep]:
    return Sweep.objects.filter(started_at__lt=before).exclude(hosts={}, lanes={})


@forget(
    "versions.sweeps",
    Sweep,
    title="sweeps",
    days=settings.KEEP_SWEEPS_DAYS,
    why="to compare with the year before",
)
def _sweeps(before: datetime) -> QuerySet[Sweep]:
    return Sweep.objects.filter(started_at__lt=before)


@forget(
    "versions.retired",
    Package,
    title="packages that nobody watches any more, with their history",
    days=366,
    why="a feedstock that comes back finds its history",
)
def _retired(before: datetime) -> QuerySet[Package]:
    return Package.objects.filter(retired_at__lt=before)


stays("of each package: the winner, all that are newer, the newest 50", Candidate)
stays("the history of versions, about six a year and package", VersionChange)
