"""The queue and those who work for it, on all hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from django_q.brokers import get_broker
from redis.exceptions import RedisError

from botsite import processes
from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem
from botsite.templatetags.times import duration
from core.jobs import crews
from core.models import Job, JobState

LONG = timedelta(minutes=30)


def broker() -> Iterator[Finding]:
    name = "Redis" if settings.REDIS_URL else "The table of the queue"
    try:
        sizes = {queue: _messages(queue) for queue in processes.served_queues()}
    except (DatabaseError, RedisError, OSError) as error:
        yield problem(
            outcomes.BROKER_UNREACHABLE, broker=name, error=str(error) or type(error).__name__
        )
        return
    told = ", ".join(f"{count} on {queue}" for queue, count in sizes.items())
    yield fine(f"{name} answers; messages: {told}")


def _messages(queue: str) -> int:
    return int(get_broker(queue).queue_size())  # type: ignore[no-untyped-call]


def waiting() -> Iterator[Finding]:
    """Jobs that nobody has taken for long."""
    now = timezone.now()
    queued = Job.objects.filter(state=JobState.QUEUED).order_by().values("queue")
    for row in queued.annotate(count=Count("pk"), first=Min("requested_at")):
        waited = now - row["first"]
        if waited > LONG:
            yield problem(
                outcomes.QUEUE_STUCK,
                count=row["count"],
                queue=row["queue"],
                waiting=duration(waited.total_seconds()),
            )


def workers() -> Iterator[Finding]:
    """Each queue has a cluster somewhere."""
    served = Counter(crew.role for crew in crews.present())
    for queue in processes.served_queues():
        if not served[queue]:
            yield problem(outcomes.NO_WORKER, queue=queue)
    if served:
        yield fine(", ".join(f"{role}: {count}" for role, count in sorted(served.items())))


def versions() -> Iterator[Finding]:
    """All processes of the site, and this one, are of one version."""
    everyone = [*crews.present(), crews.me("doctor")]
    found = {(crew.version, crew.schema) for crew in everyone}
    if len(found) > 1:
        told = "; ".join(
            f"{crew.name}: {crew.version} (migrations {crew.schema})" for crew in everyone
        )
        yield problem(outcomes.VERSIONS_DIFFER, versions=told)
    else:
        hosts = len({crew.host for crew in everyone})
        yield fine(f"{len(everyone)} processes on {hosts} host(s), all of {settings.VERSION}")
