"""Charts as markup: thousands of small shapes and cells, for which templates are too slow."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.charts.drawing import Bar, Chart


def shapes(chart: Chart) -> SafeString:
    """What is inside the drawing: lines of the grid, bars, lines, and what each step says."""
    return _joined(_shapes(chart))


def _shapes(chart: Chart) -> Iterator[str]:
    for y in chart.scale.lines:
        yield f'<path class="grid" d="M0 {y}H1000"></path>'
    for tone in dict.fromkeys(each.tone for each in chart.bars):
        path = "".join(_outline(each) for each in chart.bars if each.tone == tone)
        yield f'<path class="bars {escape(tone)}" d="{path}"></path>'
    for line in chart.lines:
        yield f'<path class="line {escape(line.tone)}" d="{line.path}"></path>'
    for step in chart.steps:
        yield (
            f'<rect class="step" x="{step.x}" y="0" width="{step.width}" height="1000">'
            f"<title>{escape(step.words)}</title></rect>"
        )


def _outline(bar: Bar) -> str:
    return f"M{bar.x} {bar.y}h{bar.width}v{bar.height}h{-bar.width}z"


def rows(chart: Chart) -> SafeString:
    """The rows of its table."""
    return _joined(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(map(_cell, figures))}</tr>'
        for label, figures in chart.rows
    )


def _cell(figure: str) -> str:
    return f'<td class="num">{escape(figure)}</td>'


def _joined(parts: Iterator[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - all words in it are escaped
