"""What GitHub allows, and what it says when it doesn't. No outcome holds a token."""

from __future__ import annotations

import json

import pytest

from core.github import client, seconds_to_wait
from core.outcomes import OutcomeError
from tests.forges.conftest import code_of, new_forge, propose

SECONDARY = json.dumps({"message": "You have exceeded a secondary rate limit."})


@pytest.fixture(autouse=True)
def slept(monkeypatch):
    seconds = []
    monkeypatch.setattr(client, "sleep", seconds.append)
    return seconds


def at_opening(reply):
    """Answer so when a pull request is opened."""
    return lambda request: reply if request.path.endswith("/pulls") else None


def wait_of(call, *args):
    with pytest.raises(OutcomeError) as caught:
        call(*args)
    assert caught.value.outcome.code == "github.rate_limited"
    assert caught.value.outcome.transient
    return seconds_to_wait(caught.value)


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        ((403, {"Retry-After": "900"}, SECONDARY), 900),
        ((403, {"Retry-After": "7"}, b""), 7),
        ((429, {"Retry-After": "7"}, SECONDARY), 7),
        ((429, {}, b""), 60),
        ((403, {}, SECONDARY), 60),
    ],
)
def test_a_limit_says_how_long_to_wait_and_nobody_sleeps(github, forge, slept, reply, seconds):
    github.before = at_opening(reply)
    assert wait_of(forge.publish, propose()) == seconds
    assert slept == []


def test_a_spent_budget_is_waited_for_until_its_reset(github, forge):
    def spend(request):
        if request.path.endswith("/git/trees"):
            github.remaining = 0

    github.before = spend
    assert 2000 < wait_of(forge.publish, propose()) <= 2400


def test_after_the_wait_it_goes_on(github, feedstock, forge):
    github.before = at_opening((403, {"Retry-After": "1"}, SECONDARY))
    wait_of(forge.publish, propose())
    github.before = lambda _request: None
    forge.publish(propose())
    assert len(feedstock.pulls) == 1


def test_a_limit_of_the_account_does_not_stop_reading(github, feedstock, forge):
    ref = forge.publish(propose()).ref
    github.before = at_opening((403, {"Retry-After": "900"}, SECONDARY))
    wait_of(forge.publish, propose("1.3.3"))
    assert forge.look(ref).ref == ref


def test_too_much_content_in_a_minute(github, feedstock, forge):
    github.content_limit = 2
    for version in ("1.3.2", "1.3.3"):
        forge.publish(propose(version))
    assert wait_of(forge.publish, propose("1.3.4")) == 60
    assert len(feedstock.pulls) == 2


@pytest.mark.parametrize("request_number", range(7))
def test_a_token_that_is_revoked_meanwhile(github, feedstock, forge, request_number):
    count = iter(range(100))

    def revoke(_request):
        if next(count) == request_number:
            github.tokens.clear()

    github.before = revoke
    assert code_of(forge.publish, propose()) == "github.token_refused"
    assert feedstock.pulls == []


def test_it_says_which_token_is_refused(github, door):
    github.tokens.clear()
    with pytest.raises(OutcomeError, match="BOTSITE_GITHUB_WRITE_TOKEN"):
        new_forge(github, door).publish(propose())


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((403, {}, b'{"message": "Resource not accessible"}'), "pulls.not_permitted"),
        ((404, {}, b'{"message": "Not Found"}'), "pulls.not_permitted"),
        ((404, {}, b"<html>"), "pulls.not_permitted"),
        ((403, {}, b'{"message": "Repository was archived so is read-only."}'), "pulls.archived"),
        ((422, {}, b'{"message": "Validation Failed", "errors": ["x"]}'), "pulls.forge_refused"),
        ((422, {}, b'{"message": "Validation Failed", "errors": 3}'), "pulls.forge_refused"),
        ((409, {}, b"[]"), "pulls.forge_refused"),
        ((201, {}, b"{}"), "github.bad_answer"),
        ((201, {}, b"<html>"), "http.bad_body"),
        ((500, {}, b""), "http.server_error"),
    ],
)
def test_each_refusal_has_its_code(github, feedstock, forge, reply, code):
    github.before = at_opening(reply)
    assert code_of(forge.publish, propose()) == code
    assert feedstock.pulls == []


def test_a_question_half_answered_is_no_answer(github, forge):
    """A hole must not look like a branch that isn't there."""
    errors = [{"type": "SERVICE_UNAVAILABLE", "message": "a disk is ill", "path": ["repository"]}]
    data = {"viewer": {"login": "tick-bot"}, "repository": {"base": None, "isArchived": False}}
    document = json.dumps({"data": data, "errors": errors})
    github.before = lambda request: (200, {}, document) if request.path == "/api/graphql" else None
    assert code_of(forge.publish, propose()) == "github.query_failed"
    assert github.writes == []
