"""Whoever asked for a job is told how long it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs.places import START_SECONDS, USUAL_SECONDS, place_of
from core.models import JobState
from tests.factories import make_job

pytestmark = pytest.mark.django_db


def test_it_works(settings):
    settings.WORKERS = {"default": 1}
    now = timezone.now()
    make_job(
        target="done",
        state=JobState.DONE,
        started_at=now - timedelta(seconds=14),
        finished_at=now - timedelta(seconds=10),
    )
    make_job(target="running", state=JobState.RUNNING)
    make_job(target="first")
    place = place_of(make_job(target="mine"))
    assert (place.ahead, place.seconds) == (2, START_SECONDS + 3 * 4.0)


def test_the_first_of_all_is_guessed():
    place = place_of(make_job())
    assert (place.ahead, place.seconds) == (0, START_SECONDS + USUAL_SECONDS)


def test_several_workers_share(settings):
    settings.WORKERS = {"default": 2}
    make_job(target="first")
    assert place_of(make_job(target="mine")).seconds == START_SECONDS + USUAL_SECONDS


def test_later_jobs_and_other_queues_do_not_count():
    mine = make_job(target="mine")
    make_job(target="later")
    make_job(target="other", queue="net")
    assert place_of(mine).ahead == 0


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE])
def test_what_waits_no_longer_has_no_place(state):
    assert place_of(make_job(state=state)) is None
