"""Sending JSON: once, and to one place."""

from __future__ import annotations

import json

import pytest

from core.http import DoorError
from tests.http.conftest import hang_up


def test_it_works(server, door):
    url = server.route("/graphql", lambda request: (200, {}, request.body))
    response = door.post(url, json={"query": "ü"}, headers={"Authorization": "bearer x"})
    assert response.json() == {"query": "ü"}
    (request,) = server.requests
    assert request.method == "POST"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "bearer x"
    assert json.loads(request.body) == {"query": "ü"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, {}, b""), "http.server_error"),
        ((429, {"Retry-After": "1"}, b""), "http.rate_limited"),
        (hang_up, "http.unreachable"),
    ],
)
def test_it_is_not_repeated(server, door, answer, code):
    url = server.route("/graphql", answer)
    with pytest.raises(DoorError) as caught:
        door.post(url, json={})
    assert caught.value.outcome.code == code
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(server, door, status):
    url = server.route("/graphql", (status, {"Location": "/other"}, b""))
    with pytest.raises(DoorError) as caught:
        door.post(url, json={})
    assert caught.value.outcome.code == "http.unexpected_status"
    assert server.paths() == ["/graphql"]
