"""A host that asks for patience gets it, and its packages are none the worse for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import hosts
from core.models import HostState
from tests.versions.watching import make_package, watched
from versions import sweep
from versions.models import Package
from versions.planning import intervals, lanes, planner

pytestmark = pytest.mark.django_db

NAMES = [f"package-{number}" for number in range(20)]


@pytest.fixture(autouse=True)
def _one_at_a_time(settings) -> None:
    settings.CHECK_THREADS = 1


def limit(index, seconds: int = 600) -> None:
    for name in NAMES:
        index.fail(name, 429, {"Retry-After": str(seconds)})


def block_the_index(index, **columns: object) -> None:
    defaults = {
        "origin": index.server.url,
        "in_flight": 8,
        "rate": 20,
        "blocked_until": timezone.now() + timedelta(minutes=10),
        "reason": "it asked us to wait",
    }
    values = {**defaults, **columns}
    HostState.objects.update_or_create(origin=values.pop("origin"), defaults=values)


def test_one_is_told_and_the_rest_are_put_off(index):
    limit(index)
    watched(*NAMES)

    done = sweep.run_sweep()

    assert len(index.server.requests) == 1
    assert (done.due, done.checked, done.outcomes) == (1, 1, {"http.rate_limited": 1})
    told = Package.objects.get(outcome_code="http.rate_limited")
    put_off = Package.objects.exclude(pk=told.pk)
    assert set(put_off.values_list("failures", "attempts", "lease_token", "checks")) == {
        (0, 0, "", 0)
    }
    soonest = timezone.now() + timedelta(minutes=9)
    assert not Package.objects.filter(next_check_at__lt=soonest).exists()


def test_they_come_up_when_the_pause_is_over(index, fresh_door):
    limit(index)
    watched(*NAMES)
    sweep.run_sweep()
    past = timezone.now() - timedelta(seconds=1)
    HostState.objects.update(blocked_until=past)
    Package.objects.update(next_check_at=past)
    for name in NAMES:
        index.publish(name, ["1.0", "1.1"])
    fresh_door()  # another worker than the one that was told

    assert sweep.run_sweep().outcomes == {"ok": len(NAMES)}


def test_the_last_good_answer_stays(index):
    index.publish("numpy", ["1.0", "1.1"])
    watched("numpy")
    sweep.run_sweep()
    block_the_index(index)
    Package.objects.update(next_check_at=timezone.now())
    sweep.run_sweep()
    package = Package.objects.get()
    assert (package.latest_version, package.outcome_code, package.stale) == ("1.1", "ok", False)


def test_a_blocked_host_is_not_planned_for(index):
    watched("numpy")
    make_package("other", lane="example.org")
    block_the_index(index)
    assert planner.waiting(timezone.now()) == {"example.org": 1}


def test_a_host_is_planned_for_again_after_its_pause(index):
    watched("numpy")
    block_the_index(index, blocked_until=timezone.now() - timedelta(seconds=1))
    assert planner.waiting(timezone.now()) == {"index": 1}


@pytest.mark.parametrize("lane", ["index", "cran", "bioconductor", "example.org"])
def test_each_lane_has_a_host(index, lane):
    make_package(lane=lane)
    [host] = lanes.lane_figures()
    block_the_index(index, origin=f"https://{host}")
    assert lane in lanes.blocked_lanes(timezone.now())


def test_a_person_who_insists_is_told_why_it_is_not_asked(index):
    block_the_index(index)
    watched("numpy")
    sweep.check_now(["test/numpy"])
    package = Package.objects.get()
    assert package.outcome_code == "http.left_alone"
    assert "was not asked: it asked us to wait." in package.outcome["message"]
    assert package.next_check_at > timezone.now() + timedelta(minutes=9)
    assert index.server.requests == []


def test_one_that_asks_for_ages_is_asked_within_a_week(index):
    limit(index, seconds=999_999_999_999)
    watched(NAMES[0])
    sweep.run_sweep()
    assert Package.objects.get().next_check_at <= timezone.now() + intervals.RETRY_MOST


def test_postponing_leaves_packages_of_others_alone():
    watched("numpy", "scipy")
    planner.claim_packages("mine", ["test/numpy", "test/scipy"], timezone.now())
    numpy, scipy = Package.objects.order_by("name")
    Package.objects.filter(pk=scipy.pk).update(lease_token="another")
    assert planner.postpone("mine", {numpy.pk: 60.0, scipy.pk: 60.0}) == 1
    scipy.refresh_from_db()
    assert scipy.lease_token == "another"


def test_figures_of_hosts_come_from_sweeps_and_lanes(index):
    index.publish("numpy", ["1.1"])
    watched("numpy", "scipy")
    sweep.run_sweep()
    Package.objects.filter(name="scipy").update(next_check_at=timezone.now())
    figures = hosts.figures()[index.server.url.removeprefix("http://")]
    assert (figures.requests, figures.failures) == (2, 1)
    assert (figures.packages, figures.due) == (2, 1)
    assert figures.mean_s > 0
