"""A shift works on all lanes at once, and neither loses nor keeps what is not done."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DataError, OperationalError
from django.utils import timezone

from core import overrides
from core.outcomes import OK, OutcomeError
from tests.loopback import Reply, Request
from tests.versions.watching import watched
from versions import bulk, sweep
from versions.asking.answers import Answer
from versions.bulk import Batch
from versions.models import Package, Sweep
from versions.planning import pauses, planner
from versions.recording import record as recording
from versions.shifts import ledger, patience, shift
from versions.shifts.shift import Shift
from versions.watch import WatchEntry, WatchUrl, sync

pytestmark = pytest.mark.django_db


def slow_host(index, host: str, names: list[str], seconds: float) -> None:
    """Packages of a host that takes its time."""

    def answer(request: Request) -> Reply:
        time.sleep(seconds)
        return 404, {}, b""

    index.server.route(f"/hosts/{host}/*", answer)
    urls = {name: (WatchUrl(f"https://{host}/{name}/{name}-1.0.tar.gz"),) for name in names}
    sync("slow", [WatchEntry(f"slow/{name}", name, "1.0", urls[name]) for name in names])


def new_sweep() -> Sweep:
    return Sweep.objects.create(trigger=Sweep.Trigger.COMMAND)


def checked(owner: str = "test") -> int:
    return Package.objects.filter(owner=owner, checks=1).count()


def test_it_works(index):
    for name in ("numpy", "scipy"):
        index.publish(name, ["1.0", "1.1"])
    watched("numpy", "scipy")
    recorded = Shift(new_sweep()).work()
    assert (recorded.checked, recorded.changed, recorded.failed) == (2, 2, 0)
    assert checked() == 2
    assert not Package.objects.exclude(lease_token="").exists()


def test_a_slow_host_does_not_keep_others_waiting(index, settings, monkeypatch):
    settings.CHECK_THREADS = 4
    monkeypatch.setattr(shift, "GRACE_SECONDS", 0.1)
    names = [f"package-{number}" for number in range(40)]
    for name in names:
        index.publish(name, ["1.1"])
    slow = [str(number) for number in range(12)]
    slow_host(index, "slow.example.org", slow, 2.0)
    watched(*names)

    Shift(new_sweep(), seconds=3).work()

    assert checked("test") == len(names)
    assert checked("slow") < len(slow)


def test_what_is_not_begun_in_time_is_given_back(index):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    assert Shift(new_sweep(), seconds=0).work().checked == 0
    assert Package.objects.due(timezone.now()).get().attempts == 0


def test_little_of_a_lane_is_in_hand_at_a_time(index, settings, monkeypatch):
    settings.CHECK_THREADS = 2
    monkeypatch.setattr("versions.shifts.items.STOCK_SECONDS", 0.25)  # of 20 a second
    monkeypatch.setattr(ledger, "FLUSH_SECONDS", 0.05)
    slow_host(index, "slow.example.org", [str(number) for number in range(60)], 0.05)
    held: list[int] = []

    def look(done: int, total: int) -> None:
        held.append(Package.objects.exclude(lease_token="").count())

    Shift(new_sweep(), seconds=1.0, progress=look).work()
    assert 0 < max(held) < 30


# Batches


@pytest.fixture
def batches(monkeypatch):
    """Batches of the index answer for all whose name is even, but for 4, which is looked up."""
    asked: list[list[str]] = []

    def answer(subjects):
        asked.append([each.name for each in subjects])
        for each in subjects:
            unchanged = Answer(OK, unchanged=True)
            yield each.key, unchanged if each.name in ("package-0", "package-2") else None

    batch = Batch("index", most=3, at_once=1, answer=answer)
    monkeypatch.setattr(bulk, "offered", lambda lane, due: batch if lane == "index" else None)
    return asked


def test_one_request_answers_for_many_and_the_rest_are_looked_up(index, batches):
    names = [f"package-{number}" for number in range(5)]
    for name in names:
        index.publish(name, ["1.0", "1.1"])
    watched(*names)
    Package.objects.update(outcome_code="ok", latest_version="1.1", answered_at=timezone.now())
    before = set(Package.objects.values_list("answered_at", flat=True))
    run = new_sweep()

    recorded = Shift(run).work()

    assert sorted(name for names in batches for name in names) == names
    assert max(map(len, batches)) <= 3
    assert (recorded.checked, recorded.unchanged) == (5, 2)
    assert index.asked_for("package-0") == index.asked_for("package-2") == 0
    assert index.asked_for("package-4") == 1
    run.refresh_from_db()
    assert (run.checked, run.unchanged, run.saved) == (5, 2, 2)
    quiet = Package.objects.get(name="package-0")
    assert quiet.answered_at in before
    assert quiet.checked_at == quiet.last_success_at
    assert quiet.next_check_at > timezone.now()


def test_a_batch_that_fails_is_looked_up_singly(index, monkeypatch):
    def answer(subjects):
        raise ZeroDivisionError

    batch = Batch("index", most=3, at_once=1, answer=answer)
    monkeypatch.setattr(bulk, "offered", lambda *_: batch)
    index.publish("numpy", ["1.1"])
    watched("numpy")
    assert Shift(new_sweep()).work().outcomes == {"ok": 1}


# People


def test_a_paused_lane_is_left_alone(index, admin_user):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    pauses.pause_lanes("index", by=admin_user, reason="they asked us to")
    assert Shift(new_sweep()).work().checked == 0
    pauses.resume_lanes("index", by=admin_user)
    assert Shift(new_sweep()).work().checked == 1


def test_while_all_is_paused_nothing_is_begun(index, admin_user):
    watched("numpy")
    pauses.pause_lanes(by=admin_user)
    assert Shift(new_sweep()).work().checked == 0
    assert index.server.requests == []


def test_a_pause_of_all_is_obeyed_in_the_middle(index, admin_user, settings, monkeypatch):
    settings.CHECK_THREADS = 2
    monkeypatch.setattr(ledger, "FLUSH_SECONDS", 0.05)
    names = [str(number) for number in range(40)]
    slow_host(index, "slow.example.org", names, 0.05)

    def pause_it(done: int, total: int) -> None:
        if done:
            pauses.pause_lanes(by=admin_user)

    Shift(new_sweep(), progress=pause_it).work()

    assert 0 < checked("slow") < len(names)
    assert Package.objects.filter(attempts=0, lease_token="").count() == len(names)
    assert pauses.paused().keys() == {""}


def test_a_cancelled_sweep_ends_and_its_packages_wait(index, admin_user, settings, monkeypatch):
    settings.CHECK_THREADS = 2
    monkeypatch.setattr(ledger, "FLUSH_SECONDS", 0.05)
    names = [str(number) for number in range(40)]
    slow_host(index, "slow.example.org", names, 0.05)
    run = new_sweep()

    def cancel_it(done: int, total: int) -> None:
        if done:
            sweep.cancel(run, by=admin_user, reason="too many")

    Shift(run, progress=cancel_it).work()

    assert 0 < checked("slow") < len(names)
    run.refresh_from_db()
    assert run.cancelled_at
    assert run.finished_at
    assert not Package.objects.exclude(lease_token="").exists()
    left = Package.objects.filter(checks=0).due(timezone.now() + timedelta(minutes=50))
    assert not left.exists()
    assert not sweep.cancel(run, by=admin_user)


def test_a_person_who_asks_gets_an_answer_from_a_paused_lane(index, admin_user):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    pauses.pause_lanes("index", by=admin_user)
    assert sweep.check_now(["test/numpy"]).outcomes == {"ok": 1}


def test_a_decision_that_ends_brings_its_package_back(index, admin_user):
    index.publish("numpy", ["1.0", "1.1"])
    watched("numpy")
    end = timezone.now() + timedelta(minutes=7)
    value = {"version": "1.1"}
    overrides.decide("hide", "test/numpy", by=admin_user, value=value, expires_at=end)
    sweep.check_now(["test/numpy"])
    package = Package.objects.get()
    assert package.judge_again_at == end
    assert package.next_check_at <= end


# Failures of ours


def test_a_result_that_the_database_refuses_is_that_packages_failure(index, monkeypatch):
    for name in ("numpy", "scipy", "pandas"):
        index.publish(name, ["1.1"])
    watched("numpy", "scipy", "pandas")
    monkeypatch.setattr(recording, "_columns", _refusing(recording._columns))
    recorded = Shift(new_sweep()).work()
    assert recorded.outcomes == {"ok": 2, "core.internal_error": 1}
    assert Package.objects.get(name="scipy").outcome_code == "core.internal_error"


def _refusing(columns):
    def refuse(package, answer, *args):
        if package.name == "scipy" and answer.outcome.ok:
            raise DataError("a NUL, say")
        return columns(package, answer, *args)

    return refuse


def test_a_worker_that_dies_is_nobodys_failure(index):
    index.publish("numpy", ["1.1"])
    watched("numpy")
    planner.claim_packages("dead", ["test/numpy"], timezone.now())
    Package.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert Shift(new_sweep()).work().checked == 1
    assert Package.objects.get().attempts == 0


def test_suspects_are_checked_a_few_at_a_time(index, settings):
    names = [str(number) for number in range(10)]
    for name in names:
        index.publish(name, ["1.1"])
    watched(*names)
    Package.objects.update(attempts=planner.INNOCENT_DEATHS)
    run = new_sweep()
    assert Shift(run).work().checked == 10
    run.refresh_from_db()
    assert run.checked == 10
    assert not Package.objects.dead_letters().exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_is_waited_for(monkeypatch):
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    tries = []

    def act() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("terminating connection due to administrator command")
        return Package.objects.count()

    assert patience.persistently(act) == 0
    assert len(tries) == 3


@pytest.mark.django_db(transaction=True)
def test_one_that_stays_away_ends_the_shift(monkeypatch):
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.01)

    def act() -> int:
        raise OperationalError("no route to host")

    with pytest.raises(OutcomeError) as caught:
        patience.persistently(act)
    assert caught.value.outcome.code == "versions.database_lost"
