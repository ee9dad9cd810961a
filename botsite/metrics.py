"""`/metrics`: how the bot is, for Prometheus.

All of it comes from the database, so that any web process answers for the whole bot; nothing is
counted in memory. What takes long to find out comes from the figures written down every few
minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from botsite import metric_names as names
from botsite.health import alarms
from core import measurements
from core.models import Delivery, Heartbeat, HostState, Job
from core.outcomes import OK
from versions.models import Package, Sweep


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class FromDatabase(Collector):
    """Each part is one query."""

    def collect(self) -> Iterator[Family]:
        yield names.INFO.family([(settings.VERSION, 1)])
        yield from _packages()
        yield from _work()
        yield from _sweep()
        yield from _measured()


def _packages() -> Iterator[Family]:
    rows = Package.objects.watched().order_by().values_list("outcome_code").annotate(Count("pk"))
    yield names.WATCHED.family((code or "none", count) for code, count in rows)
    if apps.is_installed("graph"):
        from graph.models import Feedstock

        yield names.FEEDSTOCKS.family(Feedstock.objects.status_counts().items())


def _work() -> Iterator[Family]:
    live = Job.objects.live().order_by().values_list("queue", "kind", "state")
    yield names.JOBS.family(live.annotate(Count("pk")))
    hosts = HostState.objects.order_by().values_list("circuit").annotate(Count("pk"))
    yield names.HOSTS.family(hosts)
    told = Delivery.objects.order_by().values_list("state").annotate(Count("pk"))
    yield names.DELIVERIES.family(told)
    now = timezone.now()
    beats = list(Heartbeat.objects.order_by("name"))
    yield names.SCHEDULE_AGE.family(
        (beat.name, (now - beat.started_at).total_seconds()) for beat in beats
    )
    yield names.SCHEDULE_FAILING.family(
        (beat.name, int(beat.outcome.get("code", OK.code) != OK.code)) for beat in beats
    )
    codes = sorted({alarm.code for alarm in alarms(beats, now)})
    yield names.ALARM.family((code, 1) for code in codes)


def _sweep() -> Iterator[Family]:
    last = Sweep.objects.exclude(finished_at=None).recent().first()
    if last is None or last.finished_at is None:
        return
    for attribute, metric in names.LAST_SWEEP.items():
        yield metric.family([(getattr(last, attribute),)])
    yield names.LAST_SWEEP_FINISHED.family([(last.finished_at.timestamp(),)])


def _measured() -> Iterator[Family]:
    latest = measurements.latest()
    if latest is None:
        return
    for figure, metric in names.MEASURED.items():
        if (value := latest.figures.get(figure)) is not None:
            yield metric.family([(value,)])
