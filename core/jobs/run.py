"""Running one job: claim it, do it, write down how it ended."""

from __future__ import annotations

import logging
import os
import socket
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.exceptions import TimeoutException

from core import profiles
from core.jobs import registry, stopping
from core.jobs.enqueue import resend, send
from core.jobs.outcomes import TIMED_OUT, UNKNOWN_KIND
from core.logs import bound
from core.models import Job, JobState
from core.outcomes import INTERNAL, OK, Outcome, OutcomeError

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 1.0
FETCHING_SECONDS = 0.5  # in which a cluster that stops may still fetch a message


class JobCancelled(Exception):
    """A person asked the running job to stop."""


class WorkerStops(Exception):
    """The cluster is to stop; another worker starts the job anew."""


class Running:
    """A job in the hands of its handler: what it was asked, and a way to report progress."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.target = job.target
        self.payload: dict[str, Any] = job.payload
        self._attempt = job.attempts
        self._written = 0.0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Write progress and renew the lease, at most once a second.

        Raises JobCancelled if a person asked for that, or if another worker took the job over,
        and WorkerStops.
        """
        if stopping.asked():
            raise WorkerStops
        if done < total and time.monotonic() - self._written < PROGRESS_SECONDS:
            return
        self._written = time.monotonic()
        mine = self._row().filter(cancel_requested=False)
        if not mine.update(done=done, total=total, note=note[:255], lease_until=_lease_end()):
            raise JobCancelled

    def finish(self, state: JobState, outcome: Outcome, result: dict[str, Any] | None) -> None:
        self._row().update(
            state=state,
            outcome=outcome.as_dict(),
            result=result or {},
            finished_at=timezone.now(),
            lease_until=None,
        )

    def hand_back(self) -> None:
        """Queue it again, as if it had never been started."""
        with transaction.atomic():
            given = self._row().update(
                state=JobState.QUEUED,
                attempts=F("attempts") - 1,
                started_at=None,
                sent_at=timezone.now(),
                lease_until=None,
                worker="",
            )
            if given:
                send(self.job)

    def _row(self) -> Any:
        """Only the attempt that holds the job may write: the attempt number is its lease token."""
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self._attempt)


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: int) -> Job | None:
    """Take a queued job, or a running one whose worker stopped renewing its lease."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        lease_until=_lease_end(),
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Job.objects.get(pk=job_id) if taken else None


def run(job_id: int) -> None:
    """What the queue calls. A message that comes twice, or too late, finds nothing to claim."""
    if stopping.asked():
        _pass_on(job_id)
    elif job := claim(job_id):
        with bound(job=job.pk, kind=job.kind):
            _run(job)


def _pass_on(job_id: int) -> None:
    """Leave a message that came late to another cluster, or to the next start of this one."""
    time.sleep(FETCHING_SECONDS)
    if job := Job.objects.filter(pk=job_id, state=JobState.QUEUED).first():
        resend(job)


def _run(job: Job) -> None:
    running = Running(job)
    log.info("job %s started: %s", job.pk, job)
    try:
        with profiles.of_job(job):
            result = _handler(job)(running)
    except JobCancelled:
        running.finish(JobState.CANCELLED, OK, None)
    except WorkerStops:
        running.hand_back()
        log.info("job %s handed back: the worker stops", job.pk)
    except OutcomeError as error:
        running.finish(JobState.FAILED, error.outcome, None)
        log.warning("job %s failed: %s", job.pk, error)
    except TimeoutException:
        running.finish(JobState.FAILED, TIMED_OUT.outcome(), None)
        raise
    except Exception as error:
        outcome = INTERNAL.outcome(error=type(error).__name__)
        running.finish(JobState.FAILED, outcome, None)
        log.exception("job %s failed", job.pk)
        raise
    else:
        running.finish(JobState.DONE, OK, result)
        log.info("job %s done: %s", job.pk, job)


def _handler(job: Job) -> registry.Handler:
    try:
        return registry.get(job.kind).handler
    except KeyError:
        raise UNKNOWN_KIND.error(kind=job.kind) from None
