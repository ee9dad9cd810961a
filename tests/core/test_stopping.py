"""A cluster that is asked to stop lets go of what it has in hand."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ

from core.jobs import enqueue, registry, stopping
from core.jobs import run as running
from core.jobs.run import run
from core.models import JobState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch):
    monkeypatch.setattr(running, "FETCHING_SECONDS", 0)
    yield
    stopping.withdraw()


@pytest.fixture
def _interrupted(monkeypatch):
    """`core.ping` is asked to stop in the middle."""

    def handle(job):
        job.progress(1, 2)
        stopping.ask()
        job.progress(1, 2)

    kind = registry.get("core.ping")
    monkeypatch.setitem(
        registry._kinds,
        "core.ping",
        registry.JobKind(kind.name, kind.title, kind.queue, kind.max_attempts, handle),
    )


@pytest.mark.usefixtures("_interrupted")
def test_a_running_job_is_queued_again_at_its_next_step():
    job = enqueue("core.ping")
    OrmQ.objects.all().delete()

    run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert (job.attempts, job.lease_until, job.worker) == (0, None, "")
    assert OrmQ.objects.get().task["args"] == (job.pk,)


def test_a_job_that_was_handed_back_is_done_by_the_next_worker():
    job = enqueue("core.ping")
    stopping.ask()
    run(job.pk)
    stopping.withdraw()

    run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"attempts": 1})


def test_a_message_that_comes_too_late_is_passed_on():
    job = enqueue("core.ping")
    OrmQ.objects.all().delete()
    stopping.ask()

    run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)
    assert OrmQ.objects.count() == 1


def test_a_message_of_a_job_that_is_done_is_not():
    job = enqueue("core.ping")
    run(job.pk)
    OrmQ.objects.all().delete()
    stopping.ask()
    run(job.pk)
    assert not OrmQ.objects.exists()
