"""How long the plumbing remembers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Max, QuerySet

from core.forgetting import forget, stays
from core.measurements import DAILY_KEPT
from core.models import (
    AccessToken,
    Delivery,
    Handle,
    Heartbeat,
    HostState,
    Job,
    Known,
    Measurement,
    Override,
    Profile,
    Watermark,
    Webhook,
)
from core.profiles import KEPT as PROFILES_KEPT


@forget(
    "core.jobs",
    Job,
    title="jobs that ended",
    days=settings.KEEP_JOBS_DAYS,
    why="to see what failed of late; the last of each kind stays",
)
def _jobs(before: datetime) -> QuerySet[Job]:
    last = Job.objects.order_by().values("kind").annotate(last=Max("pk"))
    ended = Job.objects.filter(requested_at__lt=before, finished_at__lt=before)
    return ended.exclude(pk__in=list(last.values_list("last", flat=True)))


@forget(
    "core.deliveries",
    Delivery,
    title="deliveries to webhooks that ended",
    days=30,
    why="to send again what a receiver missed",
)
def _deliveries(before: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(ended_at__lt=before)


@forget(
    "core.hosts",
    HostState,
    title="hosts that nobody asks any more",
    days=30,
    why="a host remembers that it was down",
)
def _hosts(before: datetime) -> QuerySet[HostState]:
    return HostState.objects.filter(updated_at__lt=before)


stays("the audit list: what people decided is never deleted", Override)
stays("as many as there are people", AccessToken, Handle, Webhook)
stays("one row for each schedule", Heartbeat)
stays("one row for each package and kind of event that a webhook is told of", Known, Watermark)
stays(f"thinned as they are taken: by the day up to {DAILY_KEPT.days} days", Measurement)
stays(f"the latest {PROFILES_KEPT}", Profile)
