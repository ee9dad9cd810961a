"""The heartbeat: do schedules run, are all there, and how did they end?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django_q.models import Schedule

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, Level, fine, note, problem, some
from botsite.health import SILENCE, health
from botsite.outcomes import SILENT
from botsite.templatetags.times import duration
from core.jobs import schedules


def look() -> Iterator[Finding]:
    yield from _missing()
    yield from _paused()
    yield from _heartbeat()


def _missing() -> Iterator[Finding]:
    declared = {each.name for each in schedules.declared()}
    known = set(Schedule.objects.filter(func=schedules.FIRE).values_list("name", flat=True))
    if gone := sorted(declared - known):
        yield problem(outcomes.SCHEDULES_MISSING, _sync, names=some(gone))


def _sync() -> str:
    return f"{schedules.sync()['new']} schedules were added"


def _paused() -> Iterator[Finding]:
    rows = Schedule.objects.filter(func=schedules.FIRE, repeats=schedules.PAUSED)
    for name in rows.order_by("name").values_list("name", flat=True):
        yield note(outcomes.SCHEDULE_PAUSED, name=name)


def _heartbeat() -> Iterator[Finding]:
    """What the site's own alarm bell knows, whenever this process was started."""
    bot = health()
    if bot.heard_at is None:
        yield problem(outcomes.SILENT, silence="as long as this database exists")
    elif (age := timezone.now() - bot.heard_at) > SILENCE:
        yield problem(outcomes.SILENT, silence=duration(age.total_seconds()))
    else:
        yield fine(f"a schedule ran {duration(age.total_seconds())} ago")
    for alarm in bot.alarms:
        if alarm.code != SILENT.code:
            yield Finding(Level.PROBLEM, alarm)
    if pause := bot.pause:
        why = f": {pause.reason}" if pause.reason else ""
        yield note(outcomes.CHECKS_PAUSED, who=pause.author_name, why=why)
