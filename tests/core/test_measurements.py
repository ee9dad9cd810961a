from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core import measurements
from core.models import Measurement

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-23T12:02:00+00:00")
MINUTES, HOURS, DAYS = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))


def measured(age: timedelta, **figures: float) -> Measurement:
    return Measurement.objects.create(taken_at=NOW - age, figures=figures)


def test_what_apps_tell_is_written_down():
    row = measurements.take()
    assert row.figures["versions.watched"] == 0
    assert measurements.latest() == row


def test_twice_in_a_second_is_one_measurement(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert measurements.take() == measurements.take()


def test_an_app_that_fails_leaves_a_gap_and_a_line_in_the_log(monkeypatch, caplog):
    def broken() -> dict[str, float]:
        raise KeyError("figures")

    monkeypatch.setattr(measurements, "_tellers", [broken, lambda: {"some.figure": 3}])
    assert measurements.now_told() == {"some.figure": 3}
    assert "are missing" in caplog.text


def test_a_young_history_is_fine_and_an_old_one_coarse():
    measured(10 * MINUTES, x=1)
    assert measurements.history(NOW).grain.step == 5 * MINUTES
    measured(5 * HOURS, x=1)
    assert measurements.history(NOW).grain.step == HOURS
    measured(20 * DAYS, x=1)
    history = measurements.history(NOW)
    assert history.grain.step == DAYS
    assert len(history.moments) == 60


def test_the_last_of_a_step_counts_and_the_rest_are_gaps():
    measured(71 * HOURS, x=1)
    measured(2 * HOURS + 2 * MINUTES, x=2)
    measured(2 * HOURS - 50 * MINUTES, x=3)
    measured(timedelta(0), x=4)
    history = measurements.history(NOW)
    assert history.values("x")[:2] == [1, None]
    assert history.values("x")[-3:] == [3, None, 4]
    assert history.moments[-1].isoformat() == "2026-11-23T12:00:00+00:00"
    assert history.values("y")[-1] is None
    assert history.known == 3


def test_a_total_becomes_growth_and_a_total_that_shrank_a_gap():
    for hours, total in ((5, 10), (4, 12), (3, 12), (1, 20), (0, 7)):
        measured(hours * HOURS, total=total)
    history = measurements.history(NOW)
    assert history.growth("total")[-6:] == [None, 2, 0, None, None, None]


def test_names_come_by_their_latest_figure():
    measured(5 * MINUTES, **{"failing.a": 9, "failing.gone": 4})
    measured(timedelta(0), **{"failing.a": 1, "failing.b": 5, "other": 7})
    assert measurements.history(NOW).names("failing.") == ["failing.b", "failing.gone", "failing.a"]


def test_old_ones_are_thinned():
    ages = [
        *(number * 5 * MINUTES for number in range(12 * 24 * 12)),
        *(number * 3 * HOURS for number in range(100, 200)),
        900 * DAYS,
    ]
    Measurement.objects.bulk_create(
        [Measurement(taken_at=NOW - age, figures={}) for age in sorted(set(ages))]
    )
    measurements.thin(NOW)
    left = [NOW - each for each in Measurement.objects.values_list("taken_at", flat=True)]
    assert sum(age < 4 * HOURS for age in left) == 48
    assert sum(4 * HOURS < age < 8 * DAYS for age in left) == pytest.approx(188, abs=1)
    assert sum(8 * DAYS < age < 25 * DAYS for age in left) == pytest.approx(17, abs=1)
    assert max(left) < 30 * DAYS
    assert measurements.thin(NOW) == 0
