"""The metrics of `/metrics`."""

from __future__ import annotations

from botsite.metric_names import ALL, Metric
from botsite.reference.markdown import code, document, table

INTRODUCTION = """\
What `/metrics` tells Prometheus. All are gauges, read from the database, so one web process answers
for the whole bot. A name and its labels keep their meaning; more may be added."""
HEADINGS = ("metric", "labels", "what it tells", "only if")


def page() -> str:
    return document("Metrics", INTRODUCTION, table(HEADINGS, map(_row, ALL)))


def _row(metric: Metric) -> tuple[str, ...]:
    return code(metric.name), ", ".join(map(code, metric.labels)), metric.help, metric.when
