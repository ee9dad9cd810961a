from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from botsite.doctor import tokens
from tests.loopback import LoopbackServer

READ, WRITE = "a-token-that-reads", "a-token-that-writes"


@pytest.fixture
def forge(settings, fresh_door):
    """What answers `rate_limit`: a function of headers and status."""
    with LoopbackServer() as server:
        settings.GITHUB_API = f"{server.url}/api/v3"
        settings.GITHUB_TOKEN, settings.GITHUB_WRITE_TOKEN = READ, WRITE
        settings.BOTSITE_HTTP = {
            **settings.BOTSITE_HTTP,
            "trusted_origins": [server.url],
            "proxies": {},
        }

        def answer(status: int = 200, **headers: str) -> LoopbackServer:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            server.route("/api/v3/rate_limit*", (status, named, b"{}"))
            return server

        yield answer
        fresh_door()


def test_it_works(forge, wrong):
    server = forge(x_oauth_scopes="repo, workflow")
    assert wrong(tokens.look()) == {}
    sent = [request.headers["Authorization"] for request in server.requests]
    assert sent == [f"bearer {READ}", f"bearer {WRITE}"]


def test_without_tokens_nobody_is_asked(forge, settings, wrong):
    server = forge()
    settings.GITHUB_TOKEN = settings.GITHUB_WRITE_TOKEN = ""
    assert list(tokens.look()) == []
    assert server.requests == []
    assert wrong(tokens.are_set())["token_missing"].level == "note"


def test_tokens_that_are_set_are_not_noted(forge):
    forge()
    assert list(tokens.are_set()) == []


def test_a_token_that_is_refused(forge, wrong):
    forge(401)
    finding = wrong(tokens.look())["token_unusable"]
    assert "does not accept" in finding.outcome.message
    assert WRITE not in str(finding.outcome)


def test_a_token_that_may_not_write(forge, wrong):
    forge(x_oauth_scopes="read:org")
    message = wrong(tokens.look())["token_scopes"].outcome.message
    assert "BOTSITE_GITHUB_WRITE_TOKEN has the scopes read:org, but needs public_repo" in message


def test_a_token_without_any_scope(forge, wrong):
    forge(x_oauth_scopes="")
    assert "the scopes none" in wrong(tokens.look())["token_scopes"].outcome.message


def test_a_finer_token_tells_no_scopes(forge, wrong):
    forge()
    assert wrong(tokens.look()) == {}


def test_a_token_that_expires_soon(forge, wrong):
    day = datetime.now(UTC) + timedelta(days=3)
    forge(github_authentication_token_expiration=f"{day:%Y-%m-%d %H:%M:%S} UTC")
    assert f"{day:%Y-%m-%d}" in wrong(tokens.look())["token_expires"].outcome.message


def test_a_token_that_is_nearly_spent_is_noted(forge, wrong):
    forge(x_ratelimit_limit="5000", x_ratelimit_remaining="12", x_ratelimit_reset="1790000000")
    finding = wrong(tokens.look())["token_spent"]
    assert (finding.level, "12 more requests, of 5000" in finding.outcome.message) == ("note", True)


def test_a_forge_without_limits(forge, wrong):
    forge(404)
    assert wrong(tokens.look()) == {}
