from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from botsite.templatetags.times import ago, day, duration, every, relative

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@time_machine.travel(NOW, tick=False)
def test_a_moment_is_relative_to_read_and_exact_on_hover():
    assert ago(NOW - timedelta(minutes=5)) == (
        '<time datetime="2026-11-23T11:55:00+00:00" title="23 November 2026, 11:55:00 UTC">'
        "5 min ago</time>"
    )


def test_a_day_is_short_to_read():
    assert ">23 Nov 2026</time>" in day(NOW)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-5, "in a moment"),
        (30, "30 s ago"),
        (90, "1 min ago"),
        (7200, "2 h ago"),
        (86_400, "1 day ago"),
        (40 * 86_400, "1 month ago"),
        (800 * 86_400, "2 years ago"),
        (-600, "in 10 min"),
    ],
)
def test_the_largest_unit_that_fits(seconds, text):
    assert relative(seconds) == text


def test_what_never_happened():
    assert ago(None) == "never"
    assert day(None) == ""
    assert duration(None) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.42, "0.4 s"), (12.4, "12 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("minutes", "text"), [(1, "1 min"), (90, "90 min"), (360, "6 h"), (1440, "1 day")]
)
def test_how_often(minutes, text):
    assert every(minutes) == text
