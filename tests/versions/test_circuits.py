"""A host that is down is left alone, and found when it is back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import hosts
from core.models import HostState
from tests.versions.watching import watched
from versions import sweep
from versions.models import Package
from versions.planning import planner

pytestmark = pytest.mark.django_db

NAMES = [f"package-{number}" for number in range(30)]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch, settings) -> None:
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.001)
    settings.CHECK_THREADS = 2


@pytest.fixture
def down(index):
    """An index with a problem of its own."""
    for name in NAMES:
        index.fail(name, 500)
    watched(*NAMES)
    return index


@pytest.fixture
def after_the_pause(fresh_door):
    """The time has come, for another worker than the one that saw it fail."""

    def pass_time() -> None:
        past = timezone.now() - timedelta(seconds=1)
        HostState.objects.update(blocked_until=past)
        Package.objects.update(next_check_at=past)
        fresh_door()

    return pass_time


def test_it_is_left_alone_after_a_few_failures(down):
    done = sweep.run_sweep()

    row = HostState.objects.get()
    assert row.circuit == "open"
    assert len(down.server.requests) < hosts.FAILURES_TO_OPEN + 6  # those under way at the time
    assert done.outcomes.keys() == {"http.server_error"}
    assert done.checked == done.due < 10
    assert Package.objects.filter(failures=0, attempts=0).count() == len(NAMES) - done.checked
    assert planner.waiting(timezone.now() + timedelta(seconds=30)) == {}


def test_one_request_finds_that_it_is_back(down, after_the_pause):
    sweep.run_sweep()
    after_the_pause()
    for name in NAMES:
        down.publish(name, ["1.0", "1.1"])

    assert sweep.run_sweep().outcomes == {"ok": len(NAMES)}
    row = HostState.objects.get()
    assert (row.circuit, row.failures, row.blocked_until) == ("closed", 0, None)


def test_one_request_finds_that_it_is_not(down, after_the_pause):
    sweep.run_sweep()
    after_the_pause()
    before = len(down.server.requests)

    done = sweep.run_sweep()

    assert len(down.server.requests) == before + 1
    assert done.checked <= 1
    row = HostState.objects.get()
    assert (row.circuit, row.openings) == ("open", 2)
