from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from botsite.doctor import schedules as doctor
from core.jobs import schedules
from core.models import Heartbeat
from tests.factories import make_heartbeat
from versions.outcomes import NOTHING_IS_CHECKED
from versions.planning import pauses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _synced():
    schedules.sync()


def test_it_works(wrong):
    make_heartbeat()
    assert wrong(doctor.look()) == {}


def test_no_sign_ever(wrong):
    assert wrong(doctor.look()).keys() == {"silent"}


def test_no_sign_of_late(wrong):
    make_heartbeat(age_s=600)
    assert "10 min" in wrong(doctor.look())["silent"].outcome.message


def test_a_missing_schedule_is_added(wrong):
    make_heartbeat()
    Schedule.objects.filter(name="core.recover").delete()
    finding = wrong(doctor.look())["schedules_missing"]
    assert "core.recover" in finding.outcome.message

    assert finding.mend() == "1 schedules were added"
    assert wrong(doctor.look()) == {}


def test_a_paused_schedule_is_noted(wrong):
    make_heartbeat()
    schedules.pause("core.tidy", by=None)
    finding = wrong(doctor.look())["schedule_paused"]
    assert (finding.level, "core.tidy" in finding.outcome.message) == ("note", True)


def test_a_pause_of_all_checks_is_noted(wrong):
    make_heartbeat()
    pauses.pause_lanes(by=None, reason="upstreams rest")
    message = wrong(doctor.look())["checks_paused"].outcome.message
    assert message == "Nothing is checked: command line paused all checks: upstreams rest."


def test_what_the_site_is_alarmed_about_is_a_problem(wrong):
    outcome = NOTHING_IS_CHECKED.outcome(minutes=45, packages="7").as_dict()
    Heartbeat.objects.create(
        name="versions.watch_lanes",
        started_at=timezone.now() - timedelta(seconds=5),
        outcome=outcome,
    )
    assert wrong(doctor.look()).keys() == {"versions.nothing_is_checked"}
