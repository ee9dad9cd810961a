from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from core.charts import Chart, Series, Unit, line_chart, segments, sparkline, stacked_bars
from core.charts.axes import scale

DAYS = ["1 Nov", "2 Nov", "3 Nov", "4 Nov"]


def drawn(chart: Chart, **context: str) -> str:
    return render_to_string("core/chart.html", {"chart": chart, **context})


def test_segments_share_the_bar():
    bar = segments([("good", "good", 75), ("bad", "bad", 25)])
    assert [part.percent for part in bar] == [75, 25]
    assert bar[0].x == 0
    assert bar[1].x + bar[1].width == pytest.approx(1000, abs=0.1)


def test_empty_parts_take_no_room_and_small_ones_stay_visible():
    bar = segments([("all", "good", 27_000), ("none", "warn", 0), ("one", "bad", 1)])
    assert [part.name for part in bar] == ["all", "one"]
    assert bar[1].width > 5


def test_nothing_is_an_empty_bar():
    assert segments([("none", "good", 0)]) == []


@pytest.mark.parametrize(
    ("most", "unit", "figures"),
    [
        (0, Unit.COUNT, ["1", "0"]),
        (3, Unit.COUNT, ["3", "2", "1", "0"]),
        (41, Unit.COUNT, ["60", "40", "20", "0"]),
        (27_012, Unit.COUNT, ["30k", "20k", "10k", "0"]),
        (3_400_000, Unit.COUNT, ["4M", "3M", "2M", "1M", "0"]),
        (0.4, Unit.SECONDS, ["1 s", "0 s"]),
        (171, Unit.SECONDS, ["3 min", "2 min", "1 min", "0 s"]),
        (20_000, Unit.SECONDS, ["6 h", "4 h", "2 h", "0 s"]),
        (900_000, Unit.SECONDS, ["15 d", "10 d", "5 d", "0 s"]),
    ],
)
def test_an_axis_begins_at_zero_and_has_round_figures(most, unit, figures):
    assert scale(most, unit).figures == figures


def test_a_line_goes_from_step_to_step():
    chart = line_chart("Outdated", DAYS, [Series("outdated", [0, 2, 4, 1])])
    assert chart.lines[0].path == "M125.0 1000.0L375.0 500.0L625.0 0.0L875.0 750.0"


def test_what_is_not_known_is_a_gap_and_not_a_zero():
    chart = line_chart("Outdated", DAYS, [Series("outdated", [4, None, 4, 4])])
    assert chart.lines[0].path == "M125.0 0.0h0M625.0 0.0L875.0 0.0"
    assert [label for label, _ in chart.rows] == ["4 Nov", "3 Nov", "1 Nov"]


def test_bars_are_piled_up():
    down, gone = Series("down", [1, 0, 3, None], "c1"), Series("gone", [1, 2, 1, None], "c2")
    chart = stacked_bars("Failures", DAYS, [down, gone])
    assert chart.scale.top == 4
    assert [(bar.tone, bar.y, bar.height) for bar in chart.bars] == [
        ("c1", 750, 250),
        ("c2", 500, 250),
        ("c2", 500, 500),
        ("c1", 250, 750),
        ("c2", 0, 250),
    ]


def test_a_chart_says_in_words_what_it_shows():
    chart = line_chart(
        "Age", DAYS, [Series("half are younger than", [60, 7200, None, 90])], Unit.SECONDS
    )
    assert chart.summary == "half are younger than: 1 min at 1 Nov, 1.5 min at 4 Nov, at most 2 h."
    assert "half are younger than: not known" in [step.words for step in chart.steps][2]


def test_the_same_figures_are_a_table():
    chart = stacked_bars("Found", DAYS, [Series("found", [1234, 0, None, 7])])
    html = drawn(chart)
    assert [each for _, each in chart.rows] == [["7"], ["0"], ["1,234"]]
    assert '<tr><th scope="row">1 Nov</th><td class="num">1,234</td></tr>' in html


def test_a_chart_is_well_formed_and_has_its_words_tied_to_it():
    html = drawn(line_chart("<Outdated>", DAYS, [Series("<b>", [1, 2, None, 3])]))
    svg = ElementTree.fromstring(html[html.index("<svg v") : html.index("</svg>") + 6])  # noqa: S314
    assert svg.get("aria-labelledby") == "chart-outdated chart-outdated-says"
    assert "<b>: 1 at 1 Nov" in "".join(svg.itertext())
    assert "style=" not in html


def test_with_too_little_it_says_so_instead():
    html = drawn(line_chart("Outdated", DAYS, [Series("outdated", [None, None, None, 3])]))
    assert "<b>3</b> outdated" in html
    assert "Too little is known yet to draw it." in html
    assert "Nothing failed." in drawn(stacked_bars("Failures", [], []), note="Nothing failed.")


def test_words_below_stand_where_their_steps_begin():
    labels = [str(number) for number in range(60)]
    chart = line_chart("Outdated", labels, [Series("outdated", [1] * 60)])
    assert chart.columns == ["0", "15", "30", "45"]


def test_a_sparkline_keeps_small_bars_visible_and_shows_gaps():
    marks = sparkline("Releases", [None, 0, 1, 100]).marks
    assert [(mark.unknown, mark.height) for mark in marks] == [
        (True, 40),
        (False, 60),
        (False, 1000),
    ]
