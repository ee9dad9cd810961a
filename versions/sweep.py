"""Sweeps, and checks that a person asks for: all in this process."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import overrides
from core.http import door
from core.overrides import Person
from versions.asking.lookup import Answer
from versions.models import Package, Sweep
from versions.planning import planner
from versions.recording.recorded import Recorded
from versions.shifts import looking, tally
from versions.shifts.shift import Progress, Shift, no_progress

AFTER_CANCEL = timedelta(hours=1)


def check_now(keys: Iterable[str], progress: Progress = no_progress) -> Recorded:
    """Check named packages, due or not; whoever had one in hand loses it."""
    looking.shared().expire()
    return Shift(progress=progress).check(keys)


def run_sweep(progress: Progress = no_progress) -> Sweep:
    """Check all that is due; returns the finished sweep."""
    sweep = Sweep.objects.create(trigger=Sweep.Trigger.COMMAND)
    tally.count_due(sweep)
    work_on(sweep, Shift(sweep, progress=progress))
    tally.count_due(sweep)
    finish(sweep)
    sweep.refresh_from_db()
    return sweep


def work_on(sweep: Sweep, shift: Shift) -> Recorded:
    """Do one shift of a sweep. What this process knows from before the sweep is confirmed anew."""
    looking.shared().expire(sweep.pk)
    return shift.work()


def preview(packages: list[Package], bot: dict[str, Any]) -> list[Answer]:
    """What checks would answer with these settings; nothing is written."""
    decisions = looking.decisions_on(packages)
    subjects = [looking.subject_of(each, decisions.get(each.key, [])) for each in packages]
    changed = [replace(subject, settings=bot, seen="") for subject in subjects]
    with ThreadPoolExecutor(settings.CHECK_THREADS) as pool:
        shared = looking.shared()
        return list(pool.map(lambda each: looking.look(each, door(), shared), changed))


def finish(sweep: Sweep) -> bool:
    """Whether it was open."""
    open_one = Sweep.objects.open().filter(pk=sweep.pk)
    return bool(open_one.update(finished_at=timezone.now()))


def cancel(sweep: Sweep, *, by: Person, reason: str = "") -> bool:
    """Stop a sweep: its shifts end within seconds, and what is left is due an hour later. False if
    it is over."""
    now = timezone.now()
    if not Sweep.objects.open().filter(pk=sweep.pk).update(finished_at=now, cancelled_at=now):
        return False
    overrides.decide("cancel", f"sweep:{sweep.pk}", by=by, reason=reason)
    planner.release_sweep(sweep.pk)
    planner.put_off(Package.objects.all(), AFTER_CANCEL)
    return True
