"""Lanes that stand still: packages are due, nothing holds them back, and yet none is checked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from core.models import Measurement
from versions.models import Package
from versions.outcomes import LANE_STANDS_STILL, NOTHING_IS_CHECKED
from versions.planning import pauses
from versions.planning.lanes import blocked_lanes

PATIENCE = timedelta(minutes=30)  # beside the time in which what is due gathers for a sweep
SHOWN = 5


def notice() -> None:
    """Raises the outcome `versions.nothing_is_checked` or `versions.lane_stands_still`."""
    now, paused = timezone.now(), pauses.paused()
    if pauses.ALL in paused or not (lanes := standing_still(now, paused)):
        return
    minutes, packages = int(_patience().total_seconds() // 60), f"{sum(lanes.values()):,}"
    if not Package.objects.filter(checked_at__gt=now - _patience()).exists():
        raise NOTHING_IS_CHECKED.error(minutes=minutes, packages=packages)
    raise LANE_STANDS_STILL.error(lanes=_named(lanes), minutes=minutes, packages=packages)


def standing_still(now: datetime, paused: Iterable[str] = ()) -> dict[str, int]:
    """How many packages wait in each lane where some were due all the while and none was checked.

    Lanes that people paused or whose host is left alone have their reason. Nothing is said of a bot
    that was not running then itself: the figures that it writes down every few minutes tell.
    """
    since = now - _patience()
    if not _was_awake(since):
        return {}
    due = Package.objects.due(since).exclude(lane__in=blocked_lanes(now) | set(paused))
    waiting = dict(due.order_by().values_list("lane").annotate(Count("pk")))
    if not waiting:
        return {}
    moving = Package.objects.filter(lane__in=waiting, checked_at__gt=since)
    for lane in moving.order_by().values_list("lane", flat=True).distinct():
        del waiting[lane]
    return waiting


def _patience() -> timedelta:
    return PATIENCE + timedelta(minutes=settings.CHECK_GATHER_MINUTES)


def _was_awake(moment: datetime) -> bool:
    around = (moment - timedelta(minutes=10), moment)
    return Measurement.objects.filter(taken_at__range=around).exists()


def _named(lanes: dict[str, int]) -> str:
    """The lanes where most wait, and how many others there are."""
    names = sorted(lanes, key=lambda each: (-lanes[each], each))
    more = f" and {len(names) - SHOWN} others" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
