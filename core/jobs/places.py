"""How long a queued job still has to wait, for the person who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from django.conf import settings

from core.models import Job, JobState

RECENT = 20
USUAL_SECONDS = 2.0  # where no job of this queue has ended yet
START_SECONDS = 1.0  # until a free worker has picked a message up


@dataclass(frozen=True, slots=True)
class Place:
    """`ahead` jobs are queued before it, or running; it is done in `seconds` or so."""

    ahead: int
    seconds: float


def place_of(job: Job) -> Place | None:
    """The place of a job in its queue; None if it waits no longer. The estimate counts the workers
    of one machine."""
    if job.state != JobState.QUEUED:
        return None
    others = Job.objects.live().filter(queue=job.queue).exclude(pk=job.pk)
    before = others.filter(state=JobState.QUEUED, pk__lt=job.pk) | others.running()
    ahead = before.count()
    rounds = ceil((ahead + 1) / settings.WORKERS.get(job.queue, 1))
    return Place(ahead, START_SECONDS + rounds * _usual_seconds(job.queue))


def _usual_seconds(queue: str) -> float:
    done = Job.objects.recent().filter(queue=queue, state=JobState.DONE)[:RECENT]
    spent = [each.duration_s for each in done if each.duration_s is not None]
    return sum(spent) / len(spent) if spent else USUAL_SECONDS
