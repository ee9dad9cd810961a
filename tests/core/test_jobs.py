from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from core.jobs import cancel, enqueue, registry
from core.jobs.recover import recover
from core.jobs.run import claim, run
from core.models import Job, JobState
from core.outcomes import OK, declare

pytestmark = pytest.mark.django_db

BROKEN = declare("test.broken", title="Broken", sentence="It broke.", next="Mend it.")


@pytest.fixture
def handler(monkeypatch):
    """Let `core.ping` do what a test wants."""

    def use(function):
        kind = registry.get("core.ping")
        changed = registry.JobKind(kind.name, kind.title, kind.queue, kind.max_attempts, function)
        monkeypatch.setitem(registry._kinds, "core.ping", changed)

    return use


def test_it_works():
    job = enqueue("core.ping")

    run(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result == {"attempts": 1}
    assert job.outcome == OK.as_dict()
    assert job.lease_until is None


def test_enqueue_puts_one_message_on_the_queue():
    enqueue("core.ping")
    assert OrmQ.objects.get().func() == "core.jobs.run.run"


def test_a_kind_and_target_has_one_live_job():
    first = enqueue("core.ping", "numpy")
    assert enqueue("core.ping", "numpy") == first
    assert enqueue("core.ping", "scipy") != first
    assert OrmQ.objects.count() == 2


def test_after_it_ended_it_can_be_asked_for_again():
    first = enqueue("core.ping")
    run(first.pk)
    assert enqueue("core.ping") != first


def test_it_remembers_who_asked(admin_user):
    assert enqueue("core.ping", by=admin_user).requested_by == admin_user


def test_a_message_that_comes_twice_runs_once():
    job = enqueue("core.ping")
    run(job.pk)
    run(job.pk)
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_typed_failure_is_its_outcome(handler):
    def fail(running):
        raise BROKEN.error(file="meta.yaml", line=3)

    handler(fail)
    job = enqueue("core.ping")
    run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert (job.outcome["code"], job.outcome["line"]) == ("test.broken", 3)


def test_an_unforeseen_failure_is_recorded_and_raised(handler):
    def fail(running):
        raise ZeroDivisionError("secret detail")

    handler(fail)
    job = enqueue("core.ping")
    with pytest.raises(ZeroDivisionError):
        run(job.pk)
    job.refresh_from_db()
    assert job.outcome["code"] == "core.internal_error"
    assert "secret detail" not in job.outcome["message"]


def test_a_kind_that_no_app_declares_is_a_typed_failure():
    job = enqueue("core.ping")
    Job.objects.update(kind="pulls.gone")
    run(job.pk)
    job.refresh_from_db()
    assert job.outcome["code"] == "jobs.unknown_kind"


def test_progress_is_written_and_renews_the_lease(handler):
    seen = []

    def work(running):
        Job.objects.update(lease_until=timezone.now())
        running.progress(3, 10, "reading")
        seen.append(Job.objects.get())

    handler(work)
    run(enqueue("core.ping").pk)
    assert (seen[0].done, seen[0].total, seen[0].note) == (3, 10, "reading")
    assert seen[0].percent == 30
    assert seen[0].lease_until > timezone.now()


def test_cancelling_a_queued_job_ends_it():
    job = enqueue("core.ping")
    assert cancel(job)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.CANCELLED, 0)


def test_cancelling_a_running_job_stops_it_at_its_next_step(handler):
    def work(running):
        cancel(running.job)
        running.progress(1, 1)
        raise AssertionError("went on after the cancel")

    handler(work)
    job = enqueue("core.ping")
    run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_finished_job_cannot_be_cancelled():
    job = enqueue("core.ping")
    run(job.pk)
    assert not cancel(job)


def lose(job: Job) -> None:
    claim(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_whose_worker_died_is_started_again():
    job = enqueue("core.ping")
    lose(job)
    OrmQ.objects.all().delete()

    assert recover()["restarted"] == 1

    assert OrmQ.objects.count() == 1
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_job_that_kills_its_workers_is_given_up():
    job = enqueue("core.ping")
    for _ in range(3):
        lose(job)
    assert recover()["given_up"] == 1
    job.refresh_from_db()
    assert job.outcome["code"] == "jobs.worker_lost"


def test_the_attempt_that_lost_its_lease_can_no_longer_write(handler):
    def work(running):
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        lose(running.job)
        running.progress(1, 1)

    handler(work)
    job = enqueue("core.ping")
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == (JobState.RUNNING, 2, 0)


def test_a_lost_message_is_sent_again():
    enqueue("core.ping")
    OrmQ.objects.all().delete()
    Job.objects.update(sent_at=timezone.now() - timedelta(minutes=11))

    assert recover()["resent"] == 1
    assert OrmQ.objects.count() == 1
    assert recover()["resent"] == 0
