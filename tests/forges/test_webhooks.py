"""Webhooks: only what is signed with the secret is GitHub's."""

from __future__ import annotations

import json

import pytest

from pulls.forges import webhooks
from pulls.forges.webhooks import Delivery
from tests.forges.conftest import FEEDSTOCK, code_of, propose
from tests.forges.github_server.server import SECRET, webhook_headers


@pytest.fixture
def pull(github, feedstock, forge):
    forge.publish(propose())
    return feedstock.pulls[0]


def signature(headers):
    return headers["X-Hub-Signature-256"]


def test_it_works(github, pull):
    headers, body = github.delivery("pull_request", "closed", pull, 7)
    assert webhooks.is_signed(SECRET, body, signature(headers))
    assert webhooks.read(headers, body) == Delivery(
        "00000000-0000-0000-0000-000000000007", "pull_request", "closed", FEEDSTOCK, 1
    )


def test_a_comment_on_a_pull_request_has_its_number(github, pull):
    delivery = webhooks.read(*github.delivery("issue_comment", "created", pull, 1))
    assert (delivery.event, delivery.number) == ("issue_comment", 1)


def test_a_comment_on_an_issue_is_about_no_pull_request():
    body = json.dumps({"action": "created", "issue": {"number": 3}}).encode()
    assert webhooks.read(webhook_headers("issue_comment", 1, body), body).number == 0


def test_a_ping_is_about_nothing():
    body = b'{"zen": "Keep it simple."}'
    delivery = webhooks.read(webhook_headers("ping", 1, body), body)
    assert (delivery.event, delivery.repository, delivery.number) == ("ping", "", 0)


@pytest.mark.parametrize("wrong", ["", "sha256=", "sha256=00", "sha1=00", "sha256=ü", "ü"])
def test_another_signature_is_refused(wrong):
    assert not webhooks.is_signed(SECRET, b"{}", wrong)


def test_another_body_is_refused():
    headers = webhook_headers("ping", 1, b"{}")
    assert webhooks.is_signed(SECRET, b"{}", signature(headers))
    assert not webhooks.is_signed(SECRET, b"{} ", signature(headers))


def test_without_a_secret_all_is_refused():
    assert not webhooks.is_signed("", b"{}", signature(webhook_headers("ping", 1, b"{}", "")))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"action": 1}',
        b'{"repository": "x"}',
        b'{"repository": {"full_name": 3}}',
        b'{"pull_request": {"number": "x"}}',
        b'{"pull_request": 7}',
        b"[" * 100_000,
    ],
)
def test_json_of_another_shape_is_refused(body):
    headers = webhook_headers("pull_request", 1, body)
    assert code_of(webhooks.read, headers, body) == "pulls.bad_delivery"


@pytest.mark.parametrize("missing", ["X-GitHub-Delivery", "X-GitHub-Event"])
def test_without_an_id_or_event_it_is_refused(missing):
    headers = webhook_headers("ping", 1, b"{}") | {missing: ""}
    assert code_of(webhooks.read, headers, b"{}") == "pulls.bad_delivery"


def test_names_that_are_none_are_dropped():
    body = json.dumps(
        {"action": "<b>", "repository": {"full_name": "../../etc"}, "pull_request": {"number": 1}}
    ).encode()
    delivery = webhooks.read(webhook_headers("pull_request", 1, body), body)
    assert (delivery.action, delivery.repository) == ("", "")
