from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import HostState, Measurement
from core.outcomes import OutcomeError
from tests.versions.watching import make_package
from versions.figures.standstill import notice, standing_still
from versions.models import Package
from versions.planning.pauses import pause_lanes, resume_lanes

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _awake(settings) -> None:
    """The bot was running all the while."""
    settings.CHECK_GATHER_MINUTES = 0
    Measurement.objects.create(taken_at=timezone.now() - 33 * MINUTE)


def late(lane: str = "index", **columns) -> Package:
    number = Package.objects.count()
    due_at = timezone.now() - HOUR
    return make_package(f"p{number}", lane=lane, **{"next_check_at": due_at, **columns})


def still(**lanes: int) -> bool:
    return standing_still(timezone.now()) == lanes


def test_a_lane_where_packages_wait_and_none_is_checked_stands_still():
    late()
    late(checked_at=timezone.now() - HOUR)
    assert still(index=2)


def test_a_lane_that_is_slow_moves_nevertheless():
    late()
    make_package(
        "done",
        lane="index",
        next_check_at=timezone.now() + HOUR,
        checked_at=timezone.now() - 20 * MINUTE,
    )
    late("example.org")
    assert standing_still(timezone.now()) == {"example.org": 1}


@pytest.mark.parametrize(
    "columns",
    [
        {"next_check_at": timezone.now() + HOUR},
        {"paused": True},
        {"retired_at": timezone.now()},
        {"lease_until": timezone.now() + HOUR},
    ],
    ids=["not due", "paused", "retired", "in hand"],
)
def test_what_need_not_be_checked_keeps_no_lane(columns):
    late(**columns)
    assert still()


def test_what_came_due_a_moment_ago_may_wait():
    late(next_check_at=timezone.now() - 10 * MINUTE)
    assert still()


def test_time_to_gather_for_a_sweep_is_granted(settings):
    settings.CHECK_GATHER_MINUTES = 240
    Measurement.objects.create(taken_at=timezone.now() - 272 * MINUTE)
    late()
    assert still()


def test_a_lane_that_is_left_alone_or_paused_has_its_reason():
    late("down.example.org")
    late("paused.example.org")
    HostState.objects.create(
        origin="https://down.example.org",
        in_flight=1,
        rate=1,
        blocked_until=timezone.now() + HOUR,
    )
    assert standing_still(timezone.now(), paused=["paused.example.org"]) == {}


def test_nothing_is_said_of_a_bot_that_slept():
    Measurement.objects.all().delete()
    late()
    assert still()


def test_the_alarm_names_the_lanes():
    for number in range(7):
        late(f"host-{number}.example.org")
    late("host-3.example.org")
    make_package("done", checked_at=timezone.now())
    with pytest.raises(OutcomeError) as caught:
        notice()
    assert caught.value.outcome.code == "versions.lane_stands_still"
    assert "of host-3.example.org, host-0" in str(caught.value)
    assert "and 2 others, though 8 packages are due" in str(caught.value)


def test_when_nothing_at_all_is_checked_that_is_the_alarm():
    late()
    with pytest.raises(OutcomeError, match=r"no package was checked, though 1 are due") as caught:
        notice()
    assert caught.value.outcome.code == "versions.nothing_is_checked"


def test_while_all_moves_there_is_none():
    assert notice() is None


def test_what_people_paused_is_no_alarm():
    late()
    pause_lanes("index", by=None)
    assert notice() is None
    resume_lanes("index", by=None)
    pause_lanes(by=None)
    assert notice() is None
    resume_lanes(by=None)
    with pytest.raises(OutcomeError):
        notice()
