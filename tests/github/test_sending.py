"""Having GitHub do something: once, and with its reasons when it won't."""

from __future__ import annotations

import json
import pickle

import pytest

from core.github import GitHub, RateLimited, Refusal, seconds_to_wait
from core.github.answers import understood
from core.outcomes import OutcomeError
from tests.github.fake_github import TOKEN

PATH = "repos/our-forge/zlib-feedstock/pulls"


@pytest.fixture
def answered(fake):
    """Answer everything below the API so."""

    def answer(status, headers=None, document=None):
        body = b"" if document is None else json.dumps(document).encode()
        fake.server.route("/api/v3/repos/*", (status, headers or {}, body))

    return answer


def error_of(github):
    with pytest.raises(OutcomeError) as caught:
        github.send("POST", PATH, {"title": "x"})
    assert TOKEN not in str(caught.value.outcome.as_dict())
    return caught.value


def test_it_works(fake, github, answered):
    answered(201, document={"number": 1})
    assert github.send("POST", PATH, {"title": "x"}).json() == {"number": 1}
    (request,) = fake.server.requests
    assert (request.method, json.loads(request.body)) == ("POST", {"title": "x"})
    assert request.headers["Authorization"] == f"bearer {TOKEN}"


def test_without_a_document_nothing_is_sent(fake, github, answered):
    answered(204)
    assert github.send("DELETE", PATH).status == 204
    assert fake.server.requests[0].body == b""


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"message": "Validation Failed."}, "Validation Failed"),
        (
            {"message": "Validation Failed", "errors": [{"message": "A pull request exists."}]},
            "Validation Failed; A pull request exists",
        ),
        ({"message": "No", "errors": [{"field": "base", "code": "invalid"}]}, "No; base invalid"),
        ({"message": "No", "errors": ["x"]}, "No; x"),
        ({"message": "No", "errors": "x"}, "No"),
        ({"message": "a\u202eb\x1b\n" + "c" * 1000}, "a b " + "c" * 296),
        ({}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_a_refusal_says_why(github, answered, document, said):
    answered(422, document=document)
    refusal = error_of(github)
    assert isinstance(refusal, Refusal)
    assert (refusal.outcome.code, refusal.status, refusal.said) == ("github.refused", 422, said)
    assert seconds_to_wait(refusal) is None


@pytest.mark.parametrize("status", [403, 404, 409, 410, 422, 451])
def test_each_refusal_is_one(github, answered, status):
    answered(status)
    assert error_of(github).status == status


def test_a_refused_token_is_named_by_its_setting(fake, door, answered):
    answered(401, document={"message": "Bad credentials"})
    error = error_of(GitHub(door, fake.api, TOKEN, "BOTSITE_OTHER_TOKEN"))
    assert error.outcome.code == "github.token_refused"
    assert "BOTSITE_OTHER_TOKEN" in error.outcome.message


@pytest.mark.parametrize(
    ("status", "headers", "document", "seconds"),
    [
        (403, {"Retry-After": "90"}, None, 90),
        (429, {"Retry-After": "90"}, None, 90),
        (429, {}, None, 60),
        (403, {}, {"message": "You have exceeded a secondary rate limit."}, 60),
        (403, {"Retry-After": "0"}, None, 60),
    ],
)
def test_a_limit_says_how_long(github, answered, status, headers, document, seconds):
    answered(status, headers, document)
    error = error_of(github)
    assert isinstance(error, RateLimited)
    assert (error.outcome.code, seconds_to_wait(error)) == ("github.rate_limited", seconds)


def test_a_limit_of_this_account_closes_the_host_to_nobody(fake, github, answered):
    answered(403, {"Retry-After": "900"})
    error_of(github)
    answered(201, document={})
    assert github.send("POST", PATH, {}).status == 201


def test_what_the_host_itself_fails_at_is_not_repeated(fake, github, answered):
    answered(502)
    assert error_of(github).outcome.code == "http.server_error"
    assert len(fake.server.requests) == 1


def test_an_etag_is_answered_with_nothing_new(fake, github):
    fake.server.route(
        "/api/v3/repos/*",
        lambda request: (
            (304, {}, b"") if request.headers.get("If-None-Match") == '"a"' else (200, {}, b"{}")
        ),
    )
    assert github.get(PATH, {}).status == 200
    assert github.get(PATH, {}, '"a"').status == 304


@pytest.mark.parametrize("wrong", [{}, [], None, "x"])
def test_an_answer_that_lacks_what_is_promised(github, wrong):
    with pytest.raises(OutcomeError) as caught:
        understood(github, lambda: wrong["head"]["sha"])
    assert caught.value.outcome.code == "github.bad_answer"


def test_errors_travel_between_processes(github, answered):
    answered(422, document={"message": "No"})
    refusal = pickle.loads(pickle.dumps(error_of(github)))  # noqa: S301 - our own
    assert (refusal.status, refusal.said) == (422, "No")
    answered(429)
    assert pickle.loads(pickle.dumps(error_of(github))).retry_after == 60  # noqa: S301
