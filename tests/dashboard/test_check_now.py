from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission

from core.models import Job
from tests.factories import make_answered, make_feedstock, make_user

NUMPY = "/packages/sample/numpy/"
CHECK = "/check/sample/numpy/"


@pytest.fixture(autouse=True)
def _numpy(db) -> None:
    make_feedstock("numpy")
    make_answered("numpy")


def test_it_starts_a_job_and_comes_back(client, staff, words):
    response = client.post(CHECK, follow=True)

    job = Job.objects.get()
    assert (job.kind, job.target, job.requested_by) == ("pipeline.check", "sample/numpy", staff)
    assert response.redirect_chain == [(NUMPY, 302)]
    assert f"Job {job.pk} checks sample/numpy now" in words(response.content.decode())


def test_two_clicks_are_one_job(client, staff):
    client.post(CHECK)
    client.post(CHECK)
    assert Job.objects.count() == 1


def test_it_only_allows_post(client, staff):
    assert client.get(CHECK).status_code == 405


def test_strangers_are_asked_to_log_in_and_come_back(client, page):
    response = client.post(CHECK, headers={"referer": f"http://testserver{NUMPY}"})

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/?next=")
    assert Job.objects.count() == 0
    assert "Log in to check now" in page(NUMPY)


def test_strangers_are_not_led_to_another_site(client):
    response = client.post(CHECK, headers={"referer": "https://evil.example/"})
    assert response["Location"] == "/account/login/?next=/"


def test_a_user_without_the_permission_is_refused(client, page, words):
    client.force_login(make_user("bob"))
    response = client.post(CHECK)

    assert response.status_code == 403
    assert "You may not do that" in words(response.content.decode())
    assert "Check now" not in words(page(NUMPY))


def test_a_user_with_the_permission_may(client, page, words):
    user = make_user("carol")
    user.user_permissions.add(Permission.objects.get(codename="change_package"))
    client.force_login(user)

    assert "Check now" in words(page(NUMPY))
    assert client.post(CHECK).status_code == 302
    assert Job.objects.count() == 1


def test_what_is_not_watched_is_not_found(client, staff):
    assert client.post("/check/sample/none/").status_code == 404
