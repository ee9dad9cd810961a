"""Schedules: declared in code with `@every`, kept in django-q2's table, paused by people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from core import overrides
from core.logs import bound
from core.models import Heartbeat
from core.outcomes import INTERNAL, OK, Outcome, OutcomeError
from core.overrides import Person

log = logging.getLogger(__name__)

FIRE = "core.jobs.schedules.fire"
ALWAYS, PAUSED = -1, 0  # values of Schedule.repeats


@dataclass(frozen=True, slots=True)
class Declared:
    name: str
    minutes: int
    title: str
    function: Callable[[], object]


_declared: dict[str, Declared] = {}


def every(
    *, minutes: int, name: str, title: str
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Run a function on a schedule. It must be done within a minute: long work is a job."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        if name in _declared:
            raise ValueError(f"schedule {name!r} is declared twice")
        _declared[name] = Declared(name, minutes, title, function)
        return function

    return register


def declared() -> list[Declared]:
    return sorted(_declared.values(), key=lambda each: each.name)


@transaction.atomic
def sync() -> dict[str, int]:
    """Make the table hold what the code declares; an operator's pause and next run are kept."""
    ours = Schedule.objects.filter(func=FIRE)
    gone, _ = ours.exclude(name__in=_declared).delete()
    rows = {row.name: row for row in ours}
    changed = sum(_update(rows[each.name], each) for each in declared() if each.name in rows)
    new = [_row(each) for each in declared() if each.name not in rows]
    Schedule.objects.bulk_create(new)
    return {"new": len(new), "changed": changed, "gone": gone}


def _row(each: Declared) -> Schedule:
    return Schedule(
        name=each.name,
        func=FIRE,
        args=repr(each.name),
        schedule_type=Schedule.MINUTES,
        minutes=each.minutes,
        repeats=ALWAYS,
        next_run=timezone.now(),
    )


def _update(row: Schedule, each: Declared) -> int:
    return (
        Schedule.objects.filter(pk=row.pk)
        .exclude(minutes=each.minutes, args=repr(each.name))
        .update(minutes=each.minutes, args=repr(each.name), schedule_type=Schedule.MINUTES)
    )


def fire(name: str) -> None:
    """What the queue calls when a schedule is due: run it and write down that it ran."""
    if name not in _declared:
        # While hosts are upgraded one by one, a newer one has declared it, and runs it next time.
        log.info("schedule %s is not known to this version", name)
        return
    with bound(schedule=name):
        _fire(name)


def _fire(name: str) -> None:
    Heartbeat.objects.update_or_create(
        name=name, defaults={"started_at": timezone.now(), "finished_at": None}
    )
    try:
        _declared[name].function()
    except OutcomeError as error:
        _ended(name, error.outcome)
        log.warning("schedule %s failed: %s", name, error)
    except Exception as error:
        _ended(name, INTERNAL.outcome(error=type(error).__name__))
        log.exception("schedule %s failed", name)
        raise
    else:
        _ended(name, OK)


def _ended(name: str, outcome: Outcome) -> None:
    Heartbeat.objects.filter(name=name).update(
        finished_at=timezone.now(), outcome=outcome.as_dict()
    )


def pause(name: str, *, by: Person, reason: str = "") -> None:
    """Stop a schedule until someone resumes it; `sync()` leaves it so."""
    if Schedule.objects.filter(name=name).exclude(repeats=PAUSED).update(repeats=PAUSED):
        overrides.decide("pause", f"schedule:{name}", by=by, reason=reason)


def resume(name: str, *, by: Person) -> None:
    Schedule.objects.filter(name=name).update(repeats=ALWAYS, next_run=timezone.now())
    overrides.undo("pause", f"schedule:{name}", by=by)
