from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Job
from core.outcomes import INTERNAL
from tests.factories import make_job, make_user


def test_it_lists_jobs_newest_first(page, words):
    now = timezone.now()
    make_job(target="old", state="done", requested_at=now - timedelta(days=1))
    make_job(target="new", state="running", done=1, total=4, requested_by=make_user("alice"))

    said = words(page("/jobs/"))

    assert said.index(" new ") < said.index(" old ")
    assert "Running 1 of 4" in said
    assert "just now alice" in said
    assert "1 day ago schedule" in said


def test_it_filters_by_state(page, words):
    make_job(target="good", state="done")
    make_job(target="bad", state="failed")
    said = words(page("/jobs/", state="failed"))
    assert " bad " in said
    assert " good " not in said


def test_it_works_with_an_empty_database(page, words, db):
    assert "The bot asks for work by itself" in words(page("/jobs/"))


def test_it_pages(page):
    for number in range(51):
        make_job(target=str(number), state="done")
    assert 'href="?page=2"' in page("/jobs/")


def test_it_needs_few_queries(page, django_assert_max_num_queries):
    for number in range(30):
        make_job(target=str(number), requested_by=make_user(f"user-{number}"))
    with django_assert_max_num_queries(5):
        page("/jobs/")


def test_a_job_tells_how_it_ended(page, words):
    now = timezone.now()
    job = make_job(
        "pipeline.check",
        "sample/numpy",
        state="failed",
        outcome=INTERNAL.outcome(error="KeyError").as_dict(),
        result={"checked": 3, "names": ["a", "b"]},
        started_at=now - timedelta(seconds=72),
        finished_at=now,
        attempts=2,
    )

    html = page(f"/jobs/{job.pk}/")

    assert "Internal error. Botsite itself failed: KeyError." in words(html)
    assert "attempt 2" in words(html)
    assert "after 1 min 12 s" in words(html)
    assert "names a, b" in words(html)
    assert 'href="/packages/sample/numpy/"' in html


def test_an_unknown_job_is_not_found(page):
    page("/jobs/99/", answers=404)


@pytest.mark.parametrize(("state", "polls"), [("queued", True), ("running", True), ("done", False)])
def test_a_job_is_polled_while_it_lives(page, state, polls):
    job = make_job(state=state)
    assert ("every 2s" in page(f"/jobs/{job.pk}/")) is polls


def test_staff_cancel_a_job(client, staff, page, words):
    job = make_job(state="running")
    assert "Cancel" in words(page(f"/jobs/{job.pk}/"))

    response = client.post(f"/jobs/{job.pk}/cancel/", follow=True)

    assert Job.objects.get().cancel_requested
    assert "The job was asked to stop." in words(response.content.decode())


def test_a_job_that_ended_is_left_alone(client, staff, words):
    job = make_job(state="done")
    response = client.post(f"/jobs/{job.pk}/cancel/", follow=True)
    assert "The job had already ended." in words(response.content.decode())
    assert Job.objects.get().state == "done"


def test_others_may_not_cancel(client, page, words):
    job = make_job(state="running")
    assert "Cancel" not in words(page(f"/jobs/{job.pk}/")).replace("Cancelled", "")
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    client.force_login(make_user("bob"))
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert not Job.objects.get().cancel_requested
