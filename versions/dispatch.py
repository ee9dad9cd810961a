"""Feeding the queue: due packages become chunk jobs, a few at a time.

The queue is kept short, so that a lease is not spent on waiting and a rerun asked for by a person
finds a free worker soon. The planner's schedule feeds it, and so does each chunk when it ends.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from core.jobs import enqueue
from core.models import Job
from versions import planner
from versions.models import Sweep
from versions.sweep import add_due, finish

CHECK_JOB = "versions.check"
LIVE_CHUNKS = 8


@transaction.atomic
def feed(*, ending: Job | None = None) -> int:
    """Claim and enqueue as many chunks as the queue has room for; returns how many.

    `ending` is the chunk job that calls this as its last act. A sweep ends with its last chunk.
    """
    chunks_under_way = Job.objects.live().filter(kind=CHECK_JOB)
    live = chunks_under_way.count() - (ending is not None)
    chunks = planner.claim(timezone.now(), chunks=max(0, LIVE_CHUNKS - live))
    if chunks:
        sweep, _ = Sweep.objects.get_or_create(trigger=Sweep.Trigger.SCHEDULE, finished_at=None)
        add_due(sweep, chunks)
        for chunk in chunks:
            _enqueue(sweep, chunk)
    elif not live:
        for sweep in Sweep.objects.open().filter(trigger=Sweep.Trigger.SCHEDULE):
            finish(sweep)
    return len(chunks)


def _enqueue(sweep: Sweep, chunk: planner.Chunk) -> None:
    enqueue(
        CHECK_JOB,
        f"sweep {sweep.pk}, {chunk.lane} {chunk.token[:6]}",
        payload={"sweep": sweep.pk, **asdict(chunk)},
    )
