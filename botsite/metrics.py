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
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from core import measurements
from core.models import Delivery, Heartbeat, HostState, Job
from core.outcomes import OK
from versions.models import Package, Sweep

# Figures of `core.measurements`, which apps tell, as metrics.
MEASURED = {
    "versions.age_p50_s": "Half of the watched packages were checked well more recently.",
    "versions.age_p95_s": "95 % of the watched packages were checked well more recently.",
    "versions.detection_p50_s": "Half of the releases were found sooner after they came out.",
    "versions.detection_p95_s": "95 % of the releases were found sooner after they came out.",
}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(FromDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class FromDatabase(Collector):
    """Each part is one query."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _family("botsite_info", "Constant.", {"version": settings.VERSION}, 1)
        yield from _packages()
        yield from _work()
        yield from _sweep()
        yield from _measured()


def _family(
    name: str, help_text: str, labels: dict[str, str] | None = None, value: float | None = None
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=list(labels or ()))
    if value is not None:
        family.add_metric(list((labels or {}).values()), value)
    return family


def _counts(
    name: str, help_text: str, labels: list[str], rows: Iterator[tuple[object, ...]]
) -> GaugeMetricFamily:
    """Rows are labels, then a count."""
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for *values, count in rows:
        family.add_metric([str(value) for value in values], float(str(count)))
    return family


def _packages() -> Iterator[GaugeMetricFamily]:
    rows = Package.objects.watched().order_by().values_list("outcome_code").annotate(Count("pk"))
    yield _counts(
        "botsite_watched_packages",
        "Watched packages by how the last look upstream ended; none where there was none.",
        ["outcome"],
        ((code or "none", count) for code, count in rows),
    )
    if apps.is_installed("graph"):
        from graph.models import Feedstock

        yield _counts(
            "botsite_feedstocks",
            "Feedstocks by status.",
            ["status"],
            iter(Feedstock.objects.status_counts().items()),
        )


def _work() -> Iterator[GaugeMetricFamily]:
    live = Job.objects.live().order_by().values_list("queue", "kind", "state")
    yield _counts(
        "botsite_jobs",
        "Jobs that wait or run.",
        ["queue", "kind", "state"],
        iter(live.annotate(Count("pk"))),
    )
    hosts = HostState.objects.order_by().values_list("circuit").annotate(Count("pk"))
    yield _counts("botsite_hosts", "Hosts by circuit.", ["circuit"], iter(hosts))
    told = Delivery.objects.order_by().values_list("state").annotate(Count("pk"))
    yield _counts(
        "botsite_webhook_deliveries", "Deliveries of 30 days, by state.", ["state"], iter(told)
    )
    now = timezone.now()
    ages = GaugeMetricFamily(
        "botsite_schedule_age_seconds", "Since a schedule last started.", labels=["schedule"]
    )
    failing = GaugeMetricFamily(
        "botsite_schedule_failing", "1 if its last run ended badly.", labels=["schedule"]
    )
    for beat in Heartbeat.objects.order_by("name"):
        ages.add_metric([beat.name], (now - beat.started_at).total_seconds())
        code = beat.outcome.get("code", OK.code)
        failing.add_metric([beat.name], float(code != OK.code))
    yield from (ages, failing)


def _sweep() -> Iterator[GaugeMetricFamily]:
    last = Sweep.objects.exclude(finished_at=None).recent().first()
    if last is None or last.finished_at is None:
        return
    figures = {
        "duration_seconds": ("How long it took.", last.duration_s),
        "packages": ("Packages that were checked.", last.checked),
        "failed": ("Packages whose check failed.", last.failed),
        "changed": ("Packages with a new answer.", last.changed),
        "requests": ("Requests that were sent.", last.requests),
        "finished_timestamp_seconds": ("When it ended.", last.finished_at.timestamp()),
    }
    for name, (help_text, value) in figures.items():
        yield _family(f"botsite_last_sweep_{name}", f"Last sweep: {help_text}", value=value)


def _measured() -> Iterator[GaugeMetricFamily]:
    latest = measurements.latest()
    if latest is None:
        return
    for figure, help_text in MEASURED.items():
        if (value := latest.figures.get(figure)) is not None:
            name = figure.removesuffix("_s").replace(".", "_")
            yield _family(f"botsite_{name}_seconds", help_text, value=value)
