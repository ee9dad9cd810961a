from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core.models import Measurement
from tests.factories import make_feedstock


def measured(days: int, **figures: float) -> None:
    names = {name.replace("__", "."): value for name, value in figures.items()}
    taken_at = timezone.now() - timedelta(days=days)
    Measurement.objects.create(taken_at=taken_at, figures=names)


def test_freshness_is_told_at_the_top(page, words):
    make_feedstock()
    measured(
        0,
        versions__age_p50_s=3600,
        versions__age_p95_s=7260,
        versions__never_succeeded=3,
        versions__detection_p50_s=120,
        versions__detection_p95_s=900,
    )
    said = words(page("/"))
    assert (
        "Half of all packages were checked within the last 1 h 0 min, 95 % within 2 h 1 min."
        in said
    )
    assert "Half of this week's releases were noticed within 2 min 0 s." in said
    assert "Never with success 3" in said
    assert "Measured just now, drawn every five minutes" in said


def test_charts_go_back_for_weeks(page, words):
    make_feedstock()
    for days in range(30):
        measured(
            days,
            graph__outdated=100 + days,
            versions__found=1000 - 10 * days,
            versions__failing__http__timeout=7,
        )
    said = words(page("/"))
    assert "drawn by the day" in said
    assert "100 outdated" in said
    assert "10 new versions" in said
    assert "Timed out: 7" in said


def test_a_day_without_figures_is_a_gap(page, words):
    make_feedstock()
    for days in (9, 8, 3, 0):
        measured(days, graph__outdated=50)
    html = page("/")
    outdated = html[html.index('<title id="chart-outdated-packages"') :]
    path = outdated[outdated.index('class="line c1" d="') :].split('"')[3]
    assert path.count("M") == 3
    assert "outdated: not known" in words(html)


def test_many_kinds_of_failure_are_put_together(page, words):
    make_feedstock()
    for days in (1, 2, 5):
        codes = {f"versions__failing__x__{number}": number + 1 for number in range(9)}
        measured(days, **codes)
    said = words(page("/"))
    assert "x.8 9" in said
    assert "all others 10" in said


def test_before_the_first_measurement_it_says_so(page, words):
    make_feedstock()
    said = words(page("/"))
    assert "Figures are written down every five minutes; the first will be here soon." in said
    assert "Half of all packages" not in said


def test_one_measurement_makes_no_chart(page, words):
    make_feedstock()
    measured(0, graph__outdated=5)
    assert "It is drawn as soon as it was measured twice." in words(page("/"))
