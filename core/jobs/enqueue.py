"""The one way to put work on a queue."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.tasks import async_task

from core.jobs import registry
from core.models import Job, JobState
from core.overrides import Person


def enqueue(
    kind: str, target: str = "", *, by: Person = None, payload: dict[str, Any] | None = None
) -> Job:
    """The live job of this kind and target: a new one, or the one that already waits or runs."""
    queue = registry.get(kind).queue
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                target=target,
                queue=queue,
                payload=payload or {},
                requested_by_id=by.pk if isinstance(by, User) else None,
            )
            send(job)
    except IntegrityError:
        live = Job.objects.live().filter(kind=kind, target=target).first()
        # The live one may have ended between the two statements; then this is the next.
        return live or enqueue(kind, target, by=by, payload=payload)
    return job


def send(job: Job) -> None:
    """Put the message on the queue: within this transaction where the queue is a table of the same
    database, after its commit otherwise."""
    message = partial(
        async_task, "core.jobs.run.run", job.pk, q_options={"cluster": job.queue, "save": False}
    )
    if settings.REDIS_URL:
        transaction.on_commit(message)
    else:
        message()


def resend(job: Job) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
        send(job)


def cancel(job: Job) -> bool:
    """Ask a job to stop. A queued one ends at once, a running one at its next step."""
    now = timezone.now()
    ended = Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(
        state=JobState.CANCELLED, finished_at=now
    )
    asked = Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)
    return bool(ended or asked)
