"""Charts as shapes for SVG, computed on the server; `core/chart.html` and its like draw them.

Shapes have thousandths of the drawing's width and height as their unit and are stretched to the
room there is, so words stand beside a drawing, never in it. Every chart carries the same figures
as a table, and a sentence that says what a reader would see.
"""

from __future__ import annotations

from core.charts.axes import Unit
from core.charts.drawing import Bar, Chart, Line, Series, line_chart, stacked_bars
from core.charts.segments import Segment, segments
from core.charts.sparklines import Sparkline, sparkline

__all__ = [
    "Bar",
    "Chart",
    "Line",
    "Segment",
    "Series",
    "Sparkline",
    "Unit",
    "line_chart",
    "segments",
    "sparkline",
    "stacked_bars",
]
