"""Feeding the queue: as many shifts as are of use wait in it while something is due.

A queued shift has claimed nothing, so waiting costs no lease. The planner's schedule feeds the
queue, and so does each shift when it ends.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from math import ceil

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.jobs import enqueue
from core.jobs.enqueue import resend
from core.logs import bound
from core.models import Job, JobQuerySet, JobState
from core.overrides import Person
from versions.models import Sweep
from versions.planning import pauses, planner
from versions.shifts import tally
from versions.shifts.shift import Progress, Shift
from versions.sweep import finish, work_on

CHECK_JOB = "versions.check"
SHIFT_SECONDS = 45.0
MOST_SHIFTS = 8
PER_SHIFT = 200  # packages that make another shift worth while
UNHEARD_AFTER = timedelta(minutes=1)


def do_shift(sweep_id: int, job: Job, progress: Progress) -> dict[str, int]:
    """Do a queued shift, and see to it that others follow as long as something is due."""
    sweep = Sweep.objects.get(pk=sweep_id)
    with bound(sweep=sweep_id):
        recorded = work_on(sweep, Shift(sweep, seconds=SHIFT_SECONDS, progress=progress))
    feed(ending=job, more=bool(recorded.checked))
    return {"changed": recorded.changed, "failed": recorded.failed, **recorded.outcomes}


def retry_by_outcome(code: str, *, by: Person, reason: str = "") -> int:
    """Try all again that failed with this outcome, without waiting for the planner's schedule;
    returns how many."""
    if count := planner.retry_by_outcome(code, by=by, reason=reason):
        feed()
    return count


@transaction.atomic
def feed(*, ending: Job | None = None, more: bool = True) -> int:
    """Queue as many shifts as are of use; returns how many were added.

    `ending` is the shift that calls this as its last act, `more` whether it found anything to do:
    one that did not is not replaced, for others have all that is due in hand. A sweep ends when all
    is done that was due when it began.
    """
    if pauses.ALL in pauses.paused():
        return 0
    sweep = _open_sweep()
    if sweep is None:
        return 0
    if not tally.count_due(sweep):
        finish(sweep)
        return 0
    _send_again()
    return _queue(sweep, ending) if more else 0


def _open_sweep() -> Sweep | None:
    """The sweep under way, or a new one if it is time."""
    scheduled = Sweep.objects.filter(trigger=Sweep.Trigger.SCHEDULE)
    if under_way := scheduled.open().first():
        return under_way
    if not planner.is_overdue(timezone.now()):
        return None
    return scheduled.get_or_create(finished_at=None, defaults={"trigger": Sweep.Trigger.SCHEDULE})[
        0
    ]


def _queue(sweep: Sweep, ending: Job | None) -> int:
    due = sum(planner.waiting(timezone.now()).values())
    useful = min(MOST_SHIFTS, ceil(due / PER_SHIFT))
    missing = max(0, useful - _live(ending).count())
    for _ in range(missing):
        name = f"sweep {sweep.pk}, shift {uuid.uuid4().hex[:6]}"
        enqueue(CHECK_JOB, name, payload={"sweep": sweep.pk})
    return missing


def _live(ending: Job | None) -> JobQuerySet:
    """Shifts that wait or are worked on; not those whose worker was lost."""
    lost = Q(state=JobState.RUNNING, lease_until__lt=timezone.now())
    rows = Job.objects.live().filter(kind=CHECK_JOB).exclude(lost)
    return rows.exclude(pk=ending.pk) if ending else rows


def _send_again() -> None:
    """A queue that came back empty has lost its messages; one too many does no harm."""
    unheard = Job.objects.unheard(timezone.now() - UNHEARD_AFTER).filter(kind=CHECK_JOB)
    for job in unheard:
        resend(job)
