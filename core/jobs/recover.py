"""Nothing is lost: jobs whose worker or message went missing are started again."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from core.jobs import registry
from core.jobs.enqueue import resend
from core.jobs.outcomes import WORKER_LOST
from core.models import Job, JobQuerySet, JobState

RESEND_AFTER = timedelta(minutes=10)


def recover() -> dict[str, int]:
    """Start lost jobs again, give up those out of attempts, repeat messages that may be lost."""
    now = timezone.now()
    lost = list(Job.objects.lost(now))
    given_up = sum(_give_up(job) for job in lost if job.attempts >= _max_attempts(job))
    restarted = [job for job in lost if job.attempts < _max_attempts(job)]
    unheard = list(Job.objects.unheard(now - RESEND_AFTER))
    for job in [*restarted, *unheard]:
        resend(job)
    return {"restarted": len(restarted), "given_up": given_up, "resent": len(unheard)}


def let_go(jobs: JobQuerySet) -> int:
    """Take jobs out of hands that can't be there any more, and start them again."""
    count = jobs.update(lease_until=timezone.now())
    recover()
    return count


def start_anew() -> int:
    """Queue again what ran, in a database that came back from a backup: its workers are gone.

    Nothing is sent: `recover()` repeats the messages, which may be lost with the queue.
    """
    unheard = timezone.now() - RESEND_AFTER
    count = Job.objects.running().update(
        state=JobState.QUEUED,
        attempts=F("attempts") - 1,
        started_at=None,
        lease_until=None,
        worker="",
    )
    Job.objects.live().update(sent_at=unheard)
    return count


def _max_attempts(job: Job) -> int:
    try:
        return registry.get(job.kind).max_attempts
    except KeyError:
        return 1


def _give_up(job: Job) -> int:
    return (
        Job.objects.lost(timezone.now())
        .filter(pk=job.pk, attempts=job.attempts)
        .update(
            state=JobState.FAILED,
            outcome=WORKER_LOST.outcome(attempts=job.attempts).as_dict(),
            finished_at=timezone.now(),
            lease_until=None,
        )
    )
