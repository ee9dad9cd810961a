from __future__ import annotations

import pytest

from tests.factories import make_outdated, make_user

PAGES = [
    "/",
    "/packages/",
    "/packages/numpy/",
    "/account/login/",
    "/admin/login/",
    "/api/v1/openapi.json",
    "/feeds/releases",
    "/metrics",
    "/healthz",
    "/nowhere/",
]


@pytest.fixture
def package(db) -> None:
    make_outdated("numpy")


@pytest.mark.parametrize("path", PAGES)
def test_each_answer_carries_them(client, package, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = rules(headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'self'"]
    for nothing in ("base-uri", "object-src", "frame-ancestors"):
        assert policy[nothing] == ["'none'"]


@pytest.mark.parametrize("path", PAGES)
def test_no_policy_lets_text_become_a_script(client, package, path):
    policy = rules(client.get(path).headers["Content-Security-Policy"])
    for rule, sources in policy.items():
        if rule in ("default-src", "script-src", "style-src"):
            assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:"} & set(sources)


def test_what_is_one_persons_is_kept_by_no_cache(client, db):
    client.force_login(make_user("alice"))
    assert "no-store" in client.get("/account/")["Cache-Control"]


def rules(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}
