"""GitHub's webhook: heard only if signed, only once, and only as a hint to look."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pulls.acts.deliveries import MOST_BYTES
from pulls.acts.following import delete_branch, follow
from pulls.models import Delivery, PullRequest, State
from tests.forges.conftest import FEEDSTOCK
from tests.forges.github_server.server import SECRET, webhook_headers

ADDRESS = "/proposals/hooks/github/"


@pytest.fixture(autouse=True)
def secret(settings):
    settings.GITHUB_WEBHOOK_SECRET = SECRET


@pytest.fixture
def later(pull):
    """It would be looked at tomorrow."""
    PullRequest.objects.update(act_at=timezone.now() + timedelta(days=1), etag="known")
    return pull


def send(headers, body, **more):
    """As GitHub does: without a session, a token for forms, or anything else."""
    client = Client(enforce_csrf_checks=True)
    given = {key: value for key, value in headers.items() if key != "Content-Type"}
    return client.post(ADDRESS, body, content_type="application/json", headers={**given, **more})


def is_awake(pull):
    pull.refresh_from_db()
    return pull.act_at <= timezone.now()


@pytest.mark.parametrize("event", ["pull_request", "issue_comment"])
def test_what_it_is_about_is_looked_at_now(github, later, made, event):
    response = send(*github.delivery(event, "edited", made, 1))
    assert (response.status_code, response.json()) == (200, {"result": "heard"})
    assert is_awake(later)
    assert later.etag == "known"
    delivery = Delivery.objects.get()
    assert (delivery.event, delivery.action) == (event, "edited")
    assert (delivery.repository, delivery.number) == (FEEDSTOCK, 1)


def test_a_delivery_that_comes_again_does_nothing(github, later, made):
    delivery = github.delivery("pull_request", "closed", made, 1)
    send(*delivery)
    PullRequest.objects.update(act_at=timezone.now() + timedelta(days=1))
    response = send(*delivery)
    assert (response.status_code, response.json()) == (200, {"result": "already heard"})
    assert not is_awake(later)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=00", "ü"])
def test_another_signature_is_refused(github, later, made, signature):
    headers, body = github.delivery("pull_request", "closed", made, 1)
    response = send(headers | {"X-Hub-Signature-256": signature}, body)
    assert (response.status_code, response.json()["code"]) == (401, "pulls.bad_signature")
    assert not is_awake(later)
    assert not Delivery.objects.exists()


def test_without_a_secret_nothing_is_heard(github, later, made, settings):
    settings.GITHUB_WEBHOOK_SECRET = ""
    response = send(*github.delivery("pull_request", "closed", made, 1))
    assert (response.status_code, response.json()["code"]) == (503, "pulls.not_listening")
    assert not is_awake(later)


def test_garbage_that_is_signed_is_refused(db):
    response = send(webhook_headers("pull_request", 1, b"{"), b"{")
    assert (response.status_code, response.json()["code"]) == (400, "pulls.bad_delivery")


def test_a_huge_one_is_not_even_read(db):
    body = b" " * (MOST_BYTES + 1)
    response = send(webhook_headers("pull_request", 1, body), body)
    assert (response.status_code, response.json()["code"]) == (413, "pulls.delivery_too_large")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "1e3"])
def test_a_length_that_is_none_is_refused(db, length):
    response = Client().post(ADDRESS, b"", content_type="application/json", CONTENT_LENGTH=length)
    assert response.status_code == 413


def test_the_longest_comment_on_the_longest_text_is_heard(github, later, made):
    made.body = "\U0001f40d" * 65_536
    comment = {"comment": {"body": made.body}}
    headers, body = github.delivery("pull_request", "edited", made, 1)
    assert len(body) < MOST_BYTES
    assert send(headers, body).status_code == 200
    headers, body = github.delivery("issue_comment", "created", made, 2, **comment)
    assert send(headers, body).status_code == 200


def test_a_ping_is_answered(db):
    body = b'{"zen": "Keep it simple."}'
    response = send(webhook_headers("ping", 1, body), body)
    assert (response.status_code, response.json()) == (200, {"result": "pong"})


@pytest.mark.parametrize("event", ["push", "star", "installation"])
def test_other_events_are_ignored(later, event):
    body = json.dumps({"repository": {"full_name": FEEDSTOCK}}).encode()
    response = send(webhook_headers(event, 1, body), body)
    assert (response.status_code, response.json()) == (200, {"result": "ignored"})
    assert not is_awake(later)


@pytest.mark.parametrize(("repository", "number"), [(FEEDSTOCK, 99), ("else/zlib", 1), ("", 0)])
def test_what_is_about_others_is_not_written_down(later, repository, number):
    document = {"repository": {"full_name": repository}, "pull_request": {"number": number}}
    body = json.dumps(document).encode()
    response = send(webhook_headers("pull_request", 1, body), body)
    assert response.status_code == 200
    assert not is_awake(later)
    assert not Delivery.objects.exists()


def test_it_only_takes_posts(client, db):
    assert client.get(ADDRESS).status_code == 405


def test_one_that_is_reopened_after_its_branch_was_deleted_is_open_again(github, pull, made, act):
    github.state.close(made)
    act(follow, pull)
    PullRequest.objects.update(branch_deleted_at=timezone.now())
    made.state = "open"
    send(*github.delivery("pull_request", "reopened", made, 1))
    act(delete_branch, pull)
    assert (pull.state, pull.branch_deleted_at) == (State.OPEN, None)


def test_a_lie_about_what_happened_changes_nothing(github, pull, made, act):
    send(*github.delivery("pull_request", "closed", made, 1))
    act(follow, pull)
    assert pull.state == State.OPEN
