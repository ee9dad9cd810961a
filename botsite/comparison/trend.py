"""How two bots agreed over time, out of the figures that are written down every few minutes."""

from __future__ import annotations

from botsite.trends import Trends
from core.charts import Chart, Series, line_chart
from graph.comparison.models import Kind

DRAWN = (Kind.OURS_NEWER, Kind.THEIRS_NEWER, Kind.FAILING_OURS, Kind.FAILING_THEIRS)


def chart() -> Chart:
    trends = Trends()
    series = [
        Series(kind.label, trends.history.values(f"graph.compared.{kind}"), f"c{number}")
        for number, kind in enumerate(DRAWN, start=1)
    ]
    return line_chart("Where the bots differ", trends.labels, series)
