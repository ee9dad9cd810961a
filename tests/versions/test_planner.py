from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Override
from tests.versions.watching import watched
from versions.models import DEATHS, Package
from versions.planning import planner

pytestmark = pytest.mark.django_db


def claim(worker: str = "mine", most: int = 100) -> list[str]:
    """The names of what is claimed, at most so many of each lane."""
    now = timezone.now()
    due = planner.waiting(now)
    return [each.name for each in planner.claim(worker, dict.fromkeys(due, most), due, now)]


def end_leases() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Package.objects.update(lease_until=past, next_check_at=past)


def test_it_works():
    watched("numpy", "scipy")
    assert sorted(claim("mine")) == ["numpy", "scipy"]
    assert Package.objects.leased("mine").count() == 2


def test_what_is_claimed_is_not_claimed_twice():
    watched("numpy")
    claim("mine")
    assert claim("yours") == []


def test_what_is_not_due_is_left():
    watched("numpy")
    Package.objects.update(next_check_at=timezone.now() + timedelta(minutes=1))
    assert claim() == []


def test_retired_and_paused_packages_are_left():
    watched("numpy", "scipy")
    Package.objects.filter(name="numpy").update(retired_at=timezone.now())
    Package.objects.filter(name="scipy").update(paused=True)
    assert claim() == []


def test_the_most_urgent_of_a_lane_come_first():
    watched("a", "b", "c")
    Package.objects.filter(name="b").update(priority=5)
    Package.objects.filter(name="c").update(next_check_at=timezone.now() - timedelta(hours=1))
    assert (claim("x", most=1), claim("y", most=1), claim("z", most=1)) == (["b"], ["c"], ["a"])


def test_each_lane_gives_as_many_as_are_wanted_of_it():
    watched("a", "b", "c", "d", "e")
    Package.objects.filter(name__in="ab").update(lane="x")
    now = timezone.now()
    due = planner.waiting(now)
    assert due == {"x": 2, "index": 3}
    claimed = planner.claim("mine", {"x": 5, "index": 1}, due, now)
    assert sorted(each.lane for each in claimed) == ["index", "x", "x"]


def test_a_lost_lease_makes_it_due_again():
    watched("numpy")
    claim("lost")
    end_leases()
    claim("found")
    assert Package.objects.leased("lost").count() == 0
    assert Package.objects.leased("found").get().attempts == 2


def test_what_a_worker_had_in_hand_is_due_when_its_lease_ends():
    watched("numpy")
    claim("lost")
    Package.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim("found") == ["numpy"]


def test_a_package_that_kills_its_worker_comes_back_ever_later(settings):
    watched("numpy")
    lease = timedelta(seconds=settings.CHECK_LEASE_SECONDS)
    waits = []
    for _ in range(5):
        claim()
        waits.append(Package.objects.get().next_check_at - timezone.now() - lease)
        end_leases()
    assert [round(wait.total_seconds() / 60) for wait in waits[3:]] == [15, 30]
    assert max(waits[:3]) < timedelta()
    assert Package.objects.dead_letters().get().name == "numpy"


def test_few_suspects_are_in_one_hand():
    watched("a", "b", "c", "d", "e", "f")
    Package.objects.exclude(name="f").update(attempts=planner.INNOCENT_DEATHS)
    assert len(claim()) == planner.SUSPECTS_AT_ONCE + 1


def test_releasing_gives_it_back_uncounted():
    watched("numpy")
    claim("mine")
    assert planner.release("mine") == 1
    assert claim() == ["numpy"]
    assert Package.objects.get().attempts == 1


def test_some_can_be_released_alone():
    numpy, _scipy = watched("numpy", "scipy")
    claim("mine")
    assert planner.release("mine", [numpy.pk]) == 1
    assert claim("yours") == ["numpy"]


def test_what_is_held_for_a_sweep_can_be_taken_back():
    watched("numpy")
    claim(planner.new_token(7))
    assert planner.release_sweep(70) == 0
    assert planner.release_sweep(7) == 1


def test_renewing_tells_how_much_is_still_ours():
    watched("numpy", "scipy")
    claim("mine")
    Package.objects.filter(name="scipy").update(lease_token="another")
    assert planner.renew("mine") == 1


def test_a_person_who_asks_takes_over():
    watched("numpy")
    claim("mine")
    [theirs] = planner.claim_packages("theirs", ["test/numpy"], timezone.now())
    assert (theirs.name, Package.objects.leased("mine").count()) == ("numpy", 0)


def test_what_is_in_hand_remains_to_be_done():
    watched("numpy", "scipy", "pandas")
    now = timezone.now()
    Package.objects.filter(name="pandas").update(next_check_at=now + timedelta(hours=1))
    claim(most=1)
    assert planner.remaining(now, now) == {"index": 2}


def test_what_is_due_waits_for_company(settings):
    watched("numpy")
    now = timezone.now()
    Package.objects.update(checked_at=now, next_check_at=now)
    assert not planner.is_overdue(now)
    assert planner.is_overdue(now + timedelta(minutes=settings.CHECK_GATHER_MINUTES))


def test_what_is_hastened_or_new_waits_for_nobody():
    watched("numpy")
    now = timezone.now()
    assert planner.is_overdue(now)
    Package.objects.update(checked_at=now, next_check_at=now + timedelta(hours=1))
    planner.hasten(Package.objects.all())
    assert planner.is_overdue(timezone.now())


def test_failures_of_one_kind_are_tried_again_together(admin_user):
    watched("numpy", "scipy")
    later = timezone.now() + timedelta(days=1)
    Package.objects.update(next_check_at=later)
    Package.objects.filter(name="numpy").update(outcome_code="http.timeout", failures=12)
    assert planner.retry_by_outcome("http.timeout", by=admin_user) == 1
    assert claim() == ["numpy"]
    decision = Override.objects.get()
    assert (decision.target, decision.value) == ("outcome:http.timeout", {"packages": 1})
    assert planner.retry_by_outcome("http.refused", by=admin_user) == 0


def test_what_killed_its_workers_is_tried_again_with_its_last_outcome(admin_user):
    watched("numpy", "scipy")
    later = timezone.now() + timedelta(days=1)
    Package.objects.update(next_check_at=later, outcome_code="ok")
    Package.objects.filter(name="scipy").update(attempts=DEATHS)
    assert planner.retry_by_outcome("ok", by=admin_user) == 1
    assert Package.objects.get(name="numpy").next_check_at == later
    assert Package.objects.get(name="scipy").next_check_at < timezone.now()


def test_what_fails_again_and_again_is_a_dead_letter(settings):
    watched("numpy", "scipy")
    Package.objects.filter(name="numpy").update(failures=settings.CHECK_DEAD_AFTER)
    Package.objects.filter(name="scipy").update(failures=settings.CHECK_DEAD_AFTER - 1)
    assert Package.objects.dead_letters().get().name == "numpy"


def test_pausing_is_a_decision_that_can_be_undone(admin_user):
    watched("numpy")
    assert planner.pause(Package.objects.all(), by=admin_user, reason="upstream moves") == 1
    assert claim() == []
    assert Override.objects.active().get().reason == "upstream moves"
    planner.resume(Package.objects.all(), by=admin_user)
    assert not Override.objects.active().exists()
    assert claim() == ["numpy"]
