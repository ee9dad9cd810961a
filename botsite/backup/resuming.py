"""After a restore: whoever had something in hand when the backup was made is gone, and messages in
the queue are of another time. Rows are the truth, so the work goes on from them."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django_q.brokers import get_broker
from redis.exceptions import RedisError

from botsite.backup.outcomes import NO_QUEUE
from core.jobs import recover, schedules
from versions.planning import planner


def reach_queue() -> None:
    """Raises OutcomeError `backup.no_queue`, before anything is replaced."""
    try:
        get_broker().ping()
    except RedisError as error:
        raise NO_QUEUE.error(problem=type(error).__name__) from error


def resume() -> dict[str, int]:
    """Give everything back that was in hand; returns how many, by what it is."""
    schedules.sync()
    for queue in settings.WORKERS:
        get_broker(queue).purge_queue()  # type: ignore[no-untyped-call]
    resumed = {"jobs": recover.start_anew(), "packages": planner.release_all()}
    if apps.is_installed("pulls"):
        resumed |= _resume_pulls()
    return resumed


def _resume_pulls() -> dict[str, int]:
    from pulls.acts import leases
    from pulls.making import attempts
    from pulls.models import Attempt, PullRequest

    held = Attempt.objects.filter(finished_at=None, lease_until__isnull=False)
    return {
        "tries": attempts.let_go(held),
        "proposals": leases.let_go(PullRequest.objects.exclude(lease_token="")),
    }
