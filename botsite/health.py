"""Is the bot well? Told by the heartbeat that schedules leave, not by this process being up."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from botsite.outcomes import SCHEDULE_FAILS, SILENT
from botsite.templatetags.times import duration
from core import hearsay
from core.jobs import schedules
from core.models import Heartbeat
from core.outcomes import INTERNAL, Outcome
from versions.planning import pauses
from versions.planning.pauses import Pause

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=5)  # schedules run every minute; five missed ones are no accident
# After its own start, this process waits so long for the first sign of the others.
PATIENCE = timedelta(seconds=90)
STARTED_AT = timezone.now()
SECONDS_BETWEEN_LINES = 600


@dataclass(frozen=True, slots=True)
class Health:
    """`heard_at` is when any schedule last started; None if none ever did. `pause` is that of all
    checks, if somebody ordered one: no alarm, but everybody should know."""

    heard_at: datetime | None
    age_s: float | None
    alarms: list[Outcome] = field(default_factory=list)
    pause: Pause | None = None

    @property
    def alive(self) -> bool:
        return self.age_s is not None and self.age_s < SILENCE.total_seconds()

    @property
    def starting(self) -> bool:
        """There was no sign yet, and so soon after the start that is no wonder."""
        return not self.alive and not any(each.code == SILENT.code for each in self.alarms)


def health() -> Health:
    """One query; what is amiss is logged, too, though not each time that someone asks."""
    now = timezone.now()
    beats = list(Heartbeat.objects.all())
    found = alarms(beats, now)
    _log(found)
    heard_at = _heard_at(beats)
    age_s = (now - heard_at).total_seconds() if heard_at else None
    return Health(heard_at, age_s, found, pauses.of_all())


def alarms(beats: Collection[Heartbeat], now: datetime) -> list[Outcome]:
    """What the bot team should look at now, told by all heartbeats; empty while all is well."""
    heard_at = _heard_at(beats)
    return [*_silence(now - heard_at if heard_at else None, now), *_failing(beats)]


def _heard_at(beats: Collection[Heartbeat]) -> datetime | None:
    return max((beat.started_at for beat in beats), default=None)


def _silence(age: timedelta | None, now: datetime) -> Iterable[Outcome]:
    awake = now - STARTED_AT
    if awake > PATIENCE and (age is None or age > SILENCE):
        silence = awake if age is None else age
        yield SILENT.outcome(silence=duration(silence.total_seconds()))


def _failing(beats: Iterable[Heartbeat]) -> Iterable[Outcome]:
    """What schedules found amiss, or failed of. What passes by itself is no alarm."""
    names = {each.name for each in schedules.declared()}
    for beat in beats:
        outcome = Outcome.from_dict(beat.outcome) if beat.outcome else None
        if outcome is None or outcome.ok or outcome.transient or beat.name not in names:
            continue
        internal = outcome.code == INTERNAL.code
        yield (
            SCHEDULE_FAILS.outcome(name=beat.name, message=outcome.message) if internal else outcome
        )


def _log(found: Iterable[Outcome]) -> None:
    for alarm in found:
        if hearsay.first_to(f"log {alarm.code}", SECONDS_BETWEEN_LINES):
            log.error("%s: %s %s", alarm.code, alarm.message, alarm.next)
