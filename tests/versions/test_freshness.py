from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.versions.watching import make_package
from versions.figures.freshness import Detection, Freshness, detection, freshness
from versions.figures.measures import figures
from versions.models import Package, VersionChange

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def checked(age: timedelta, **columns) -> Package:
    number = Package.objects.count()
    return make_package(f"p{number}", last_success_at=timezone.now() - age, **columns)


def noticed(after: timedelta, *, watched: timedelta = 100 * HOUR, **columns) -> VersionChange:
    """A change seen an hour ago, so long after its release."""
    now = timezone.now()
    package = make_package(f"p{Package.objects.count()}", watched_at=now - watched)
    columns = {"from_version": "1.0", "seen_at": now - HOUR, **columns}
    return VersionChange.objects.create(
        package=package,
        sequence=2,
        to_version="2.0",
        source="pypi",
        released_at=columns["seen_at"] - after,
        **columns,
    )


def test_half_are_younger_than_p50():
    for hours in range(1, 101):
        checked(hours * HOUR)
    found = freshness()
    assert found.p50_s == pytest.approx(51 * 3600, abs=60)
    assert found.p95_s == pytest.approx(96 * 3600, abs=60)


def test_what_never_succeeded_and_what_is_no_longer_watched():
    checked(HOUR)
    checked(900 * HOUR, retired_at=timezone.now())
    make_package("new")
    found = freshness()
    assert (found.watched, found.never) == (2, 1)
    assert found.p95_s == pytest.approx(3600, abs=60)


def test_nothing_is_known_of_nothing():
    assert freshness() == Freshness(0, 0, None, None)
    assert detection() == Detection(0, None, None)


def test_detection_is_the_time_from_release_to_sight():
    for hours in (1, 2, 30):
        noticed(hours * HOUR)
    found = detection()
    assert found.changes == 3
    assert found.p50_s == pytest.approx(2 * 3600)
    assert found.p95_s == pytest.approx(30 * 3600)


def test_a_release_before_watching_began_says_nothing():
    noticed(50 * HOUR, watched=20 * HOUR)
    noticed(HOUR, from_version="")
    noticed(HOUR, seen_at=timezone.now() - timedelta(days=30))
    assert detection() == Detection(0, None, None)


def test_a_clock_that_runs_ahead_is_no_negative_time():
    noticed(-HOUR)
    assert detection().p50_s == 0


def test_the_figures_name_each_failure():
    checked(HOUR, outcome_code="ok")
    checked(HOUR, outcome_code="http.timeout")
    checked(HOUR, outcome_code="http.timeout", retired_at=timezone.now())
    told = figures()
    assert told["versions.watched"] == 2
    assert {name for name in told if name.startswith("versions.failing.")} == {
        "versions.failing.http.timeout"
    }
    assert told["versions.age_p50_s"] == pytest.approx(3600, abs=60)
    assert "versions.detection_p50_s" not in told
