from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from botsite.doctor import leases
from core.models import Job, JobState
from pulls.models import Attempt, PullRequest
from tests.factories import make_feedstock, make_job
from tests.versions.watching import make_package
from versions.models import DEATHS, Package

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=-3)
FAR_AHEAD = timedelta(days=3)


def stuck(wrong) -> str:
    return wrong(leases.look())["leases_stuck"].outcome.message


def mend(wrong) -> str:
    return wrong(leases.look())["leases_stuck"].mend()


def leased_package(lease: timedelta, **columns) -> Package:
    return make_package(
        lease_token="7-abc", lease_until=timezone.now() + lease, attempts=1, **columns
    )


def leased_job(lease: timedelta) -> Job:
    return make_job(
        state=JobState.RUNNING, queue="net", attempts=1, lease_until=timezone.now() + lease
    )


def test_leases_in_use_are_fine(wrong):
    leased_package(timedelta(seconds=60))
    leased_job(timedelta(seconds=60))
    assert wrong(leases.look()) == {}


def test_a_lease_that_just_ended_is_left_to_those_who_take_over(wrong):
    leased_package(timedelta(seconds=-60))
    assert wrong(leases.look()) == {}


@pytest.mark.parametrize("lease", [LONG_AGO, FAR_AHEAD])
def test_a_package_is_let_go_of_and_due_again(wrong, lease):
    leased_package(lease)
    assert stuck(wrong).startswith("1 packages are held by a lease")

    assert mend(wrong) == "1 packages were let go of"

    assert wrong(leases.look()) == {}
    assert Package.objects.due(timezone.now()).get().attempts == 1


def test_a_package_that_kills_workers_is_left_alone_on_purpose(wrong):
    leased_package(LONG_AGO)
    Package.objects.update(attempts=DEATHS)
    assert wrong(leases.look()) == {}


@pytest.mark.parametrize("lease", [LONG_AGO, FAR_AHEAD])
def test_a_job_is_let_go_of_and_started_again(wrong, lease):
    job = leased_job(lease)
    assert stuck(wrong).startswith("1 jobs are held")

    mend(wrong)

    assert wrong(leases.look()) == {}
    assert job in Job.objects.lost(timezone.now())


def test_a_try_to_propose(wrong):
    Attempt.objects.create(
        feedstock=make_feedstock(), version="2.0", lease_until=timezone.now() + FAR_AHEAD
    )
    assert mend(wrong) == "1 tries to propose were let go of"
    assert Attempt.objects.get().lease_until is None


def test_a_proposal(wrong):
    PullRequest.objects.create(
        feedstock=make_feedstock(),
        version="2.0",
        branch="bot",
        lease_token="abc",
        lease_until=timezone.now() + LONG_AGO,
    )
    assert mend(wrong) == "1 proposals were let go of"
    assert PullRequest.objects.get().lease_token == ""
