from __future__ import annotations

import pytest
from django_q.models import Schedule

from core.jobs import schedules
from core.jobs.schedules import Declared
from core.models import Heartbeat, Override
from core.outcomes import INTERNAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def declared(monkeypatch):
    calls = []
    rows = {"test.tick": Declared("test.tick", 5, "Tick", lambda: calls.append("tick"))}
    monkeypatch.setattr(schedules, "_declared", rows)
    return rows, calls


def test_it_works(declared):
    assert schedules.sync() == {"new": 1, "changed": 0, "gone": 0}
    row = Schedule.objects.get()
    assert (row.name, row.minutes, row.args, row.repeats) == ("test.tick", 5, "'test.tick'", -1)


def test_syncing_again_changes_nothing(declared):
    schedules.sync()
    before = Schedule.objects.get().next_run
    assert schedules.sync() == {"new": 0, "changed": 0, "gone": 0}
    assert Schedule.objects.get().next_run == before


def test_a_new_interval_is_taken_over(declared):
    rows, _ = declared
    schedules.sync()
    rows["test.tick"] = Declared("test.tick", 9, "Tick", lambda: None)
    assert schedules.sync()["changed"] == 1
    assert Schedule.objects.get().minutes == 9


def test_an_operators_pause_survives_syncing(declared, admin_user):
    schedules.sync()
    schedules.pause("test.tick", by=admin_user, reason="maintenance")
    schedules.sync()
    assert Schedule.objects.get().repeats == schedules.PAUSED
    assert Override.objects.active().get().reason == "maintenance"


def test_resuming_ends_the_pause(declared, admin_user):
    schedules.sync()
    schedules.pause("test.tick", by=admin_user)
    schedules.resume("test.tick", by=admin_user)
    assert Schedule.objects.get().repeats == schedules.ALWAYS
    assert not Override.objects.active().exists()


def test_what_the_code_no_longer_declares_goes(declared):
    rows, _ = declared
    schedules.sync()
    rows.clear()
    assert schedules.sync()["gone"] == 1


def test_schedules_of_others_are_left_alone(declared):
    Schedule.objects.create(name="theirs", func="math.copysign")
    schedules.sync()
    assert Schedule.objects.filter(name="theirs").exists()


def test_firing_runs_it_and_leaves_a_heartbeat(declared):
    schedules.fire("test.tick")
    assert declared[1] == ["tick"]
    beat = Heartbeat.objects.get()
    assert beat.outcome["code"] == "ok"
    assert beat.finished_at >= beat.started_at


def test_a_typed_failure_is_written_on_the_heartbeat(declared):
    def fail():
        raise INTERNAL.error(error="test")

    declared[0]["test.tick"] = Declared("test.tick", 5, "Tick", fail)
    schedules.fire("test.tick")
    assert Heartbeat.objects.get().outcome["code"] == "core.internal_error"
