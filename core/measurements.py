"""Figures over time, for charts: apps tell them, a schedule writes them down, old ones are thinned.

A figure is a number with a name, as `graph.outdated`. Those that only grow (how many versions were
found since ever) are told as totals, so that neither a pause nor thinning loses any of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from core.models import Measurement

log = logging.getLogger(__name__)

Teller = Callable[[], dict[str, float]]
_tellers: list[Teller] = []

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EACH_KEPT, HOURLY_KEPT, DAILY_KEPT = timedelta(hours=4), timedelta(days=8), timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Grain:
    """How fine a history is drawn: so many steps of this length, up to now."""

    step: timedelta
    steps: int
    words: str

    def slot(self, moment: datetime) -> int:
        return int(moment.timestamp() // self.step.total_seconds())

    def start(self, slot: int) -> datetime:
        return datetime.fromtimestamp(slot * self.step.total_seconds(), UTC)

    @property
    def span(self) -> timedelta:
        return self.step * self.steps


# The finest comes first; a history uses the first that has room for all there is.
GRAINS = (
    Grain(timedelta(minutes=5), 36, "every five minutes"),
    Grain(HOUR, 72, "by the hour"),
    Grain(DAY, 60, "by the day"),
)


@dataclass(frozen=True, slots=True)
class History:
    """The last measurement of each step up to now; None where there is none. `latest` is the very
    last, with its moment."""

    grain: Grain
    moments: Sequence[datetime]
    figures: Sequence[dict[str, float] | None]
    latest: tuple[datetime, dict[str, float]] | None = None

    def values(self, name: str) -> list[float | None]:
        return [each.get(name) if each else None for each in self.figures]

    def growth(self, name: str) -> list[float | None]:
        """By how much a total grew within each step; None where that is not known."""
        totals = self.values(name)
        grown = zip(totals, [None, *totals], strict=False)
        return [
            None if now is None or before is None or now < before else now - before
            for now, before in grown
        ]

    def names(self, prefix: str) -> list[str]:
        """The figures whose name begins so, the largest of late first."""
        latest: dict[str, float] = {}
        for each in self.figures:
            latest |= {name: value for name, value in (each or {}).items() if value}
        found = [name for name in latest if name.startswith(prefix)]
        return sorted(found, key=lambda name: (-latest[name], name))

    @property
    def known(self) -> int:
        """How many steps have figures."""
        return sum(each is not None for each in self.figures)


def measures(teller: Teller) -> Teller:
    """Register a function that tells figures of its app, as they are now."""
    _tellers.append(teller)
    return teller


def now_told() -> dict[str, float]:
    """All figures as they are now. An app that can't tell its own leaves a gap, and a log line."""
    told: dict[str, float] = {}
    for teller in _tellers:
        try:
            told |= teller()
        except Exception:
            log.exception("figures of %s are missing", teller.__module__)
    return told


def take() -> Measurement:
    now = timezone.now().replace(microsecond=0)
    figures = now_told()
    return Measurement.objects.update_or_create(taken_at=now, defaults={"figures": figures})[0]


def latest() -> Measurement | None:
    return Measurement.objects.order_by("-taken_at").first()


def history(now: datetime | None = None) -> History:
    """What is known, at the finest grain that has room for it."""
    now = now or timezone.now()
    reach = now - GRAINS[-1].span
    rows = Measurement.objects.filter(taken_at__gt=reach, taken_at__lte=now).order_by("taken_at")
    return _history(list(rows.values_list("taken_at", "figures")), now)


def _history(rows: Sequence[tuple[datetime, dict[str, float]]], now: datetime) -> History:
    first = rows[0][0] if rows else now
    grain = next((each for each in GRAINS if now - first < each.span), GRAINS[-1])
    slots = range(grain.slot(now) - grain.steps + 1, grain.slot(now) + 1)
    by_slot = {grain.slot(taken_at): figures for taken_at, figures in rows}
    return History(
        grain,
        [grain.start(each) for each in slots],
        [by_slot.get(each) for each in slots],
        rows[-1] if rows else None,
    )


def thin(now: datetime | None = None) -> int:
    """Keep all of the last hours, then the last of each hour, then of each day, for some years."""
    now = now or timezone.now()
    old = Measurement.objects.filter(taken_at__lt=now - EACH_KEPT).order_by("-taken_at")
    rows = list(old.values_list("pk", "taken_at"))
    gone = set(_superfluous(rows, now))
    return Measurement.objects.filter(pk__in=gone).delete()[0]


def _superfluous(rows: Iterable[tuple[int, datetime]], now: datetime) -> Iterable[int]:
    kept: set[tuple[timedelta, int]] = set()
    for pk, taken_at in rows:
        age = now - taken_at
        step = HOUR if age < HOURLY_KEPT else DAY
        slot = (step, int(taken_at.timestamp() // step.total_seconds()))
        if slot in kept or age > DAILY_KEPT:
            yield pk
        kept.add(slot)
