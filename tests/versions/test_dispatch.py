"""The queue holds as many shifts as are of use, and a sweep ends when its work is done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs.run import run
from core.models import Job, JobState
from tests.versions.watching import watched
from versions.models import Package, Sweep
from versions.planning import dispatch, pauses, planner

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_shifts(monkeypatch) -> None:
    monkeypatch.setattr(dispatch, "PER_SHIFT", 2)
    monkeypatch.setattr(dispatch, "MOST_SHIFTS", 2)


def shifts() -> list[Job]:
    return list(Job.objects.live().filter(kind="versions.check", queue="net").order_by("pk"))


def test_it_works():
    watched("a", "b", "c", "d", "e", "f", "g")
    assert dispatch.feed() == 2
    assert dispatch.feed() == 0
    assert len(shifts()) == 2
    assert Sweep.objects.get().due == 7
    assert not Package.objects.exclude(lease_token="").exists()


def test_little_work_is_for_one():
    watched("a", "b")
    assert dispatch.feed() == 1


def test_without_work_there_is_no_sweep():
    assert dispatch.feed() == 0
    assert not Sweep.objects.exists()


def test_a_sweep_ends_when_all_that_was_due_is_done(index):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    dispatch.feed()
    run(shifts()[0].pk)
    row = Sweep.objects.get()
    assert row.finished_at
    assert (row.due, row.checked, row.changed) == (1, 1, 1)
    [lane] = row.lanes.values()
    assert (lane["due"], lane["checked"], lane["failed"], lane["requests"]) == (1, 1, 0, 1)
    assert lane["seconds"] > 0
    assert shifts() == []


def test_it_does_not_end_while_somebody_has_a_package_in_hand(index):
    index.publish("numpy", ["1.1"])
    watched("numpy", "scipy")
    planner.claim_packages("another", ["test/scipy"], timezone.now())
    dispatch.feed()
    run(shifts()[0].pk)
    assert Sweep.objects.open().exists()


def test_one_that_found_nothing_to_do_is_not_replaced():
    watched("numpy", "scipy")
    dispatch.feed()
    planner.claim_packages("another", ["test/scipy", "test/numpy"], timezone.now())
    run(shifts()[0].pk)
    assert shifts() == []


def test_one_whose_worker_was_lost_does_not_count():
    watched("numpy")
    dispatch.feed()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.update(state=JobState.RUNNING, lease_until=past)
    assert dispatch.feed() == 1


def test_a_message_that_was_lost_is_sent_again():
    watched("numpy")
    dispatch.feed()
    long_ago = timezone.now() - timedelta(minutes=2)
    Job.objects.update(sent_at=long_ago)
    dispatch.feed()
    assert Job.objects.get().sent_at > long_ago


def test_nothing_is_queued_while_all_is_paused(admin_user):
    watched("numpy")
    pauses.pause_lanes(by=admin_user, reason="maintenance")
    assert dispatch.feed() == 0
    pauses.resume_lanes(by=admin_user)
    assert dispatch.feed() == 1
