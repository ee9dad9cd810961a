"""What the version service tells of itself, for charts over time and for monitors."""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone

from core.measurements import measures
from versions.figures.freshness import detection, freshness
from versions.models import Package, VersionChange

FAILING = "versions.failing."


@measures
def figures() -> dict[str, float]:
    """Ages and waits in seconds; `versions.found` is a total since ever; `versions.failing.CODE`
    are packages whose last check ended so."""
    now = timezone.now()
    fresh, noticed = freshness(now), detection(now)
    told: dict[str, float | None] = {
        "versions.watched": fresh.watched,
        "versions.never_succeeded": fresh.never,
        "versions.age_p50_s": fresh.p50_s,
        "versions.age_p95_s": fresh.p95_s,
        "versions.detection_p50_s": noticed.p50_s,
        "versions.detection_p95_s": noticed.p95_s,
        "versions.due": Package.objects.due(now).count(),
        "versions.found": VersionChange.objects.exclude(from_version="").count(),
    }
    known = {name: value for name, value in told.items() if value is not None}
    return known | {f"{FAILING}{code}": count for code, count in failing().items()}


def failing() -> dict[str, int]:
    """How many watched packages failed last time, by outcome."""
    rows = Package.objects.watched().exclude(outcome_code__in=("ok", ""))
    return dict(rows.order_by().values_list("outcome_code").annotate(Count("pk")))
