"""Asking GitHub within what it allows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.github import GitHub, client
from core.outcomes import OutcomeError
from graph.channels.github_texts import LISTING
from tests.github.fake_github import LIMITED, OWNER, TOKEN

VARIABLES = {"owner": OWNER, "after": None}


@pytest.fixture
def slept(monkeypatch):
    """The seconds that were waited, without waiting them."""
    seconds = []
    monkeypatch.setattr(client, "sleep", seconds.append)
    return seconds


def ask(github):
    return github.query(LISTING, VARIABLES)


def code_of(call, *args):
    with pytest.raises(OutcomeError) as caught:
        call(*args)
    assert TOKEN not in str(caught.value.outcome.as_dict())
    return caught.value.outcome.code


def once(reply):
    """Answer the first request like this, all others as always."""
    replies = [reply]
    return lambda _request: replies.pop() if replies else None


def test_it_works(fake, github):
    fake.add("zlib-feedstock")
    data = ask(github).data
    assert data["repositoryOwner"]["repositories"]["nodes"][0]["name"] == "zlib-feedstock"
    budget = github.budgets["graphql"]
    assert (budget.limit, budget.remaining, budget.cost) == (5000, 4999, 1)
    assert fake.server.paths() == ["/api/graphql"]


def test_where_things_are(door):
    public = GitHub(door, "https://api.github.com/")
    assert (public.host, public.web) == ("api.github.com", "https://github.com")
    assert GitHub(door, "https://ghe.example.org/api/v3").web == "https://ghe.example.org"


def test_rest_is_asked_below_its_base(fake, github):
    fake.add("zlib-feedstock")
    response = github.get(f"users/{OWNER}/repos", {"page": 1})
    assert [each["name"] for each in response.json()] == ["zlib-feedstock"]
    assert github.budgets["rest"].remaining == 4999


def test_what_is_spent_is_not_asked_for(fake, github, slept):
    fake.remaining = 1
    ask(github)
    assert code_of(ask, github) == "github.rate_limited"
    assert len(fake.server.requests) == 1
    assert slept == []


def test_a_short_wait_for_the_reset_is_waited(fake, github, slept):
    fake.remaining = 1
    fake.resets_at = datetime.now(UTC) + timedelta(seconds=30)
    ask(github)
    fake.remaining = 5000
    ask(github)
    assert [round(each, -1) for each in slept] == [30]


def test_a_spent_budget_that_we_did_not_know_of_ends_it(fake, github, slept):
    fake.remaining = 0
    with pytest.raises(OutcomeError) as caught:
        ask(github)
    assert caught.value.outcome.code == "github.rate_limited"
    assert fake.resets_at.strftime("%H:") in caught.value.outcome.message
    assert (len(fake.server.requests), slept) == (1, [])


def test_a_secondary_limit_is_waited_for(fake, github, slept):
    fake.in_the_way = once((403, {"Retry-After": "1"}, b""))
    ask(github)
    assert slept == [1.0]


def test_a_long_secondary_limit_ends_it(fake, github):
    fake.in_the_way = once((429, {"Retry-After": "900"}, b""))
    assert code_of(ask, github) == "github.rate_limited"
    assert len(fake.server.requests) == 1


def test_a_limit_without_a_time_is_waited_for_a_minute(fake, github, slept):
    body = json.dumps({"errors": [LIMITED]})
    fake.in_the_way = once((200, {}, body))
    ask(github)
    assert slept == [60.0]


def test_a_limit_that_does_not_end_ends_it(fake, github, slept):
    fake.in_the_way = lambda _request: (200, {}, json.dumps({"errors": [LIMITED]}))
    assert code_of(ask, github) == "github.rate_limited"
    assert len(fake.server.requests) == client.WAITS


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((401, {}, b""), "github.token_refused"),
        ((403, {}, b""), "github.forbidden"),
        ((502, {}, b""), "http.server_error"),
        ((200, {}, b"<html>"), "http.bad_body"),
        ((200, {}, b"[]"), "github.bad_answer"),
        ((200, {}, b'{"errors": [1]}'), "github.bad_answer"),
        ((200, {}, b'{"data": {"rateLimit": {"cost": "x"}}}'), "github.bad_answer"),
        ((200, {}, b'{"data": {"rateLimit": null}}'), "github.query_failed"),
        ((200, {}, b'{"errors": [{"message": "too complex"}]}'), "github.query_failed"),
    ],
)
def test_each_refusal_has_its_code(fake, github, reply, code):
    fake.in_the_way = once(reply)
    assert code_of(ask, github) == code


def test_holes_in_the_data_come_with_their_reason(fake, github):
    errors = [{"type": "NOT_FOUND", "message": "gone", "path": ["nodes", 1]}]
    document = {"data": {"nodes": [{"id": "a"}, None]}, "errors": errors}
    fake.in_the_way = once((200, {}, json.dumps(document)))
    answer = ask(github)
    assert answer.data["nodes"] == [{"id": "a"}, None]
    assert [(each.type, each.path) for each in answer.errors] == [("NOT_FOUND", ("nodes", 1))]


def test_the_token_goes_nowhere_else(fake, github):
    fake.in_the_way = once((302, {"Location": "http://127.0.0.2/"}, b""))
    assert code_of(ask, github) == "http.unexpected_status"
