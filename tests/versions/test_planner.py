from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Override
from tests.versions.watching import watched
from versions import planner
from versions.models import Package

pytestmark = pytest.mark.django_db


def claim(chunks: int = 10) -> list[planner.Chunk]:
    return planner.claim(timezone.now(), chunks=chunks)


def end_leases() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Package.objects.update(lease_until=past, next_check_at=past)


def test_it_works():
    watched("numpy", "scipy")
    [chunk] = claim()
    assert chunk.size == 2
    assert Package.objects.leased(chunk.token).count() == 2


def test_what_is_claimed_is_not_claimed_twice():
    watched("numpy")
    claim()
    assert claim() == []


def test_what_is_not_due_is_left():
    watched("numpy")
    Package.objects.update(next_check_at=timezone.now() + timedelta(minutes=1))
    assert claim() == []


def test_retired_and_paused_packages_are_left():
    watched("numpy", "scipy")
    Package.objects.filter(name="numpy").update(retired_at=timezone.now())
    Package.objects.filter(name="scipy").update(paused=True)
    assert claim() == []


def test_the_most_urgent_come_first(monkeypatch):
    monkeypatch.setattr(planner, "CHUNK_SIZE", 1)
    watched("a", "b", "c")
    Package.objects.filter(name="b").update(priority=5)
    Package.objects.filter(name="c").update(next_check_at=timezone.now() - timedelta(hours=1))
    chunks = claim(chunks=2)
    assert [Package.objects.leased(each.token).get().name for each in chunks] == ["b", "c"]


def test_a_chunk_holds_one_lane_and_small_lanes_share_one(monkeypatch):
    monkeypatch.setattr(planner, "CHUNK_SIZE", 3)
    watched("a", "b", "c", "d", "e", "f")
    Package.objects.filter(name__in="ab").update(lane="x")
    Package.objects.filter(name__in="c").update(lane="y")
    chunks = claim()
    assert sorted((each.lane, each.size) for each in chunks) == [("index", 3), ("mixed", 3)]


def test_a_lost_lease_makes_it_due_again():
    watched("numpy")
    [lost] = claim()
    end_leases()
    [chunk] = claim()
    assert Package.objects.leased(lost.token).count() == 0
    assert Package.objects.leased(chunk.token).get().attempts == 2


def test_a_package_that_kills_its_worker_comes_back_ever_later(settings):
    watched("numpy")
    lease = timedelta(seconds=settings.CHECK_LEASE_SECONDS)
    waits = []
    for _ in range(3):
        claim()
        waits.append(Package.objects.get().next_check_at - timezone.now() - lease)
        end_leases()
    assert [round(wait.total_seconds() / 60) for wait in waits] == [0, 15, 30]


def test_releasing_gives_it_back_uncounted():
    watched("numpy")
    [chunk] = claim()
    assert planner.release(chunk.token) == 1
    assert claim()[0].size == 1
    assert Package.objects.get().attempts == 1


def test_renewing_tells_how_much_is_still_ours():
    watched("numpy", "scipy")
    [chunk] = claim()
    Package.objects.filter(name="scipy").update(lease_token="another")
    assert planner.renew(chunk.token) == 1


def test_a_person_who_asks_takes_over():
    watched("numpy")
    [chunk] = claim()
    theirs = planner.claim_packages(["test/numpy"], timezone.now())
    assert (theirs.size, Package.objects.leased(chunk.token).count()) == (1, 0)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 15), (2, 30), (3, 60), (10, 7680), (11, 10080), (90, 10080)]
)
def test_back_off_doubles_up_to_a_week(failures, minutes):
    assert planner.back_off(failures) == timedelta(minutes=minutes)


def test_a_host_that_asks_for_more_patience_gets_it():
    now = timezone.now()
    assert planner.after_failure(now, 1, retry_after=7200) == now + timedelta(hours=2)


def test_pausing_is_a_decision_that_can_be_undone(admin_user):
    watched("numpy")
    assert planner.pause(Package.objects.all(), by=admin_user, reason="upstream moves") == 1
    assert claim() == []
    assert Override.objects.active().get().reason == "upstream moves"
    planner.resume(Package.objects.all(), by=admin_user)
    assert not Override.objects.active().exists()
    assert claim()[0].size == 1
