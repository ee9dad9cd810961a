"""Who releases often is looked at often, and who fails ever later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from versions.choosing.selection import Judgement, Verdict
from versions.planning.intervals import after_failure, after_success, back_off, pace
from versions.releases import Release

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def judged(*ages: float | None) -> list[Judgement]:
    """Releases so many days old, or of unknown age."""
    return [
        Judgement(
            Release("1", released_at=None if age is None else NOW - timedelta(days=age)),
            "1",
            Verdict.ACCEPTED,
            "",
            "",
        )
        for age in ages
    ]


@pytest.mark.parametrize(
    ("ages", "hours"),
    [
        ((1, 11, 21, 31), 6),
        ((0, 1, 2, 3), 1),
        ((1, 400, 800), 24),
        ((30, 31, 32), 9),  # it has been silent for thirty days
        ((900, 901, 902), 24),
    ],
)
def test_the_pace_of_releases_is_the_pace_of_checks(ages, hours):
    assert pace(judged(*ages), NOW) == timedelta(hours=hours)


@pytest.mark.parametrize("ages", [(), (5,), (None, None, 5)])
def test_without_dates_there_is_no_pace(ages):
    assert pace(judged(*ages), NOW) is None


def test_the_bounds_can_be_set(settings):
    settings.CHECK_INTERVAL_LEAST_HOURS, settings.CHECK_INTERVAL_MOST_HOURS = 2, 3
    assert pace(judged(0, 1, 2), NOW) == timedelta(hours=2)
    assert pace(judged(0, 500, 900), NOW) == timedelta(hours=3)


def test_checks_are_spread():
    moments = {after_success(NOW, timedelta(hours=10)) for _ in range(50)}
    assert len(moments) > 40
    assert timedelta(hours=8) <= min(moments) - NOW
    assert max(moments) - NOW <= timedelta(hours=12)


def test_a_rule_about_time_brings_it_back_in_time():
    soon = NOW + timedelta(minutes=5)
    assert after_success(NOW, timedelta(hours=10), soon) == soon
    assert after_success(NOW, timedelta(hours=10), NOW - timedelta(days=1)) == NOW


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 15), (2, 30), (3, 60), (10, 7680), (11, 10080), (90, 10080)]
)
def test_back_off_doubles_up_to_a_week(failures, minutes):
    assert back_off(failures) == timedelta(minutes=minutes)


def test_a_host_that_asks_for_more_patience_gets_it():
    assert after_failure(NOW, 1, retry_after=7200) == NOW + timedelta(hours=2)
