"""How long until the next look: after a good answer as the project's pace suggests, after failures
ever later."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from django.conf import settings

from versions.choosing.selection import Judgement

RETRY_FIRST = timedelta(minutes=15)
RETRY_MOST = timedelta(days=7)
JITTER = 0.2
CHECKS_PER_RELEASE = 40  # who releases every forty days is looked at once a day
RECENT = 10  # releases that tell the pace


def pace(judgements: Iterable[Judgement], now: datetime) -> timedelta | None:
    """How often to look at a project: forty times as often as it releases, within the bounds of the
    settings. One that has been silent for long counts as slower. None without two dates."""
    dates = (each.release.released_at for each in judgements)
    days = sorted({each for each in dates if each is not None}, reverse=True)[: RECENT + 1]
    if len(days) < 2:
        return None
    gap = median((later - earlier).total_seconds() for later, earlier in pairwise(days))
    silence = (now - days[0]).total_seconds()
    return _bounded(timedelta(seconds=max(gap, silence / 2) / CHECKS_PER_RELEASE))


def _bounded(interval: timedelta) -> timedelta:
    """In whole minutes, so that it changes rarely."""
    least = timedelta(hours=settings.CHECK_INTERVAL_LEAST_HOURS)
    most = timedelta(hours=settings.CHECK_INTERVAL_MOST_HOURS)
    minutes = max(least, min(interval, most)) // timedelta(minutes=1)
    return timedelta(minutes=max(minutes, 1))


def after_success(
    now: datetime, every: timedelta | None = None, judge_again_at: datetime | None = None
) -> datetime:
    """When to look again; in time for a rule that may change the verdict at a certain moment."""
    usual = now + _jittered(every or timedelta(hours=settings.CHECK_INTERVAL_HOURS))
    return min(usual, max(judge_again_at, now)) if judge_again_at else usual


def after_failure(now: datetime, failures: int, retry_after: float | None) -> datetime:
    """`failures` in a row, this one included; `retry_after` seconds are what the host asked for."""
    wait = _jittered(back_off(failures))
    asked_for = min(retry_after or 0, RETRY_MOST.total_seconds())
    return now + max(wait, timedelta(seconds=asked_for))


def back_off(failures: int) -> timedelta:
    """15 minutes, doubled with each failure in a row, seven days at most."""
    doublings = min(max(failures, 1) - 1, 20)
    return min(RETRY_FIRST * (1 << doublings), RETRY_MOST)


def _jittered(interval: timedelta) -> timedelta:
    return interval * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load
