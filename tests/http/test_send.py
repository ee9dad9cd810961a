"""Sending something with an effect, whatever the method: once, and to one place."""

from __future__ import annotations

import pytest

from core.http import DoorError


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_works(server, door, method):
    url = server.route("/thing", lambda request: (200, {}, request.body))
    response = door.send(method, url, body=b"a=1", content_type="text/plain")
    assert response.body == b"a=1"
    (request,) = server.requests
    assert (request.method, request.headers["Content-Type"]) == (method, "text/plain")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_without_a_body_none_is_sent(server, door, method):
    url = server.route("/thing", (204, {}, b""))
    assert door.send(method, url).status == 204
    assert "Content-Type" not in server.requests[0].headers


@pytest.mark.parametrize("answer", [(500, {}, b""), (429, {"Retry-After": "1"}, b"")])
def test_it_is_not_repeated_even_without_a_body(server, door, answer):
    url = server.route("/thing", answer)
    with pytest.raises(DoorError):
        door.send("DELETE", url)
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed(server, door):
    url = server.route("/thing", (307, {"Location": "/other"}, b""))
    with pytest.raises(DoorError) as caught:
        door.send("DELETE", url)
    assert caught.value.outcome.code == "http.unexpected_status"
    assert server.paths() == ["/thing"]


def test_the_body_of_a_refusal_can_be_asked_for(server, door):
    url = server.route("/thing", (422, {}, b"because"))
    assert door.send("PATCH", url, body=b"{}", accept_statuses={200, 422}).body == b"because"
