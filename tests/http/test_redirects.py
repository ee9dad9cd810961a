from __future__ import annotations

import pytest

from core.http import Door, DoorError
from tests.http.conftest import MakeDoor, endless
from tests.loopback import LoopbackServer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/new", "new", "{origin}/new", "//{netloc}/new"])
def test_it_follows(server: LoopbackServer, door: Door, status: int, location: str) -> None:
    server.route("/new", (200, {}, b"here"))
    location = location.format(origin=server.url, netloc=server.url.removeprefix("http://"))
    response = door.get(server.route("/old", (status, {"Location": location}, b"moved")))
    assert response.body == b"here"
    assert response.final_url == server.url + "/new"
    assert server.connections == 1


def test_it_follows_to_a_name_that_is_not_ascii(server: LoopbackServer, door: Door) -> None:
    server.route("/n%C3%A4u", (200, {}, b"here"))
    location = server.url + "/näu".encode().decode("latin-1")
    assert door.get(server.route("/", (302, {"Location": location}, b""))).body == b"here"


def test_it_does_not_read_what_comes_with_a_redirect(server: LoopbackServer, door: Door) -> None:
    server.route("/new", (200, {}, b"here"))
    url = server.route("/old", lambda _request: (302, {"Location": "/new"}, endless()))
    assert door.get(url, deadline=2).body == b"here"


def test_it_follows_five(server: LoopbackServer, door: Door) -> None:
    for number in range(5):
        server.route(f"/{number}", (302, {"Location": f"/{number + 1}"}, b""))
    server.route("/5", (200, {}, b"here"))
    assert door.get(server.url + "/0").body == b"here"


def test_it_does_not_follow_six(server: LoopbackServer, door: Door) -> None:
    for number in range(6):
        server.route(f"/{number}", (302, {"Location": f"/{number + 1}"}, b""))
    with pytest.raises(DoorError) as caught:
        door.get(server.url + "/0")
    assert caught.value.outcome.code == "http.too_many_redirects"


def test_it_sees_a_loop_at_once(server: LoopbackServer, door: Door) -> None:
    server.route("/a", (302, {"Location": "/b"}, b""))
    server.route("/b", (302, {"Location": "/a"}, b""))
    with pytest.raises(DoorError) as caught:
        door.get(server.url + "/a")
    assert caught.value.outcome.code == "http.too_many_redirects"
    assert server.paths() == ["/a", "/b"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://10.0.0.1/", "http.refused_address"),
        ("http://169.254.169.254/latest/meta-data/", "http.refused_address"),
        ("http://localhost/", "http.refused_address"),
        ("http://[::1]/", "http.refused_address"),
        ("file:///etc/passwd", "http.bad_url"),
        ("ftp://ftp.example.org/", "http.bad_url"),
        ("http://user:hunter2@example.org/", "http.bad_url"),
        ("http://[::1/", "http.bad_url"),
    ],
)
def test_it_judges_where_it_is_sent(
    server: LoopbackServer, door: Door, location: str, code: str
) -> None:
    with pytest.raises(DoorError) as caught:
        door.get(server.route("/", (302, {"Location": location}, b"")))
    assert caught.value.outcome.code == code
    assert "hunter2" not in str(caught.value)


def test_trust_in_an_origin_is_not_inherited(server: LoopbackServer, make_door: MakeDoor) -> None:
    """Another port of the same machine is another origin."""
    with LoopbackServer() as other:
        url = server.route("/", (302, {"Location": other.url + "/"}, b""))
        with pytest.raises(DoorError) as caught:
            make_door(trusted_origins=[server.url]).get(url)
        assert caught.value.outcome.code == "http.refused_address"
        assert other.requests == []


def test_a_callers_secret_stays_with_its_origin(
    server: LoopbackServer, make_door: MakeDoor
) -> None:
    with LoopbackServer() as other:
        other.route("/", (200, {}, b"here"))
        door = make_door(trusted_origins=[server.url, other.url])
        url = server.route("/", (302, {"Location": other.url + "/"}, b""))
        door.get(url, headers={"authorization": "token", "Accept": "text/html"})
        assert server.requests[0].headers["Authorization"] == "token"
        assert other.requests[0].headers["Authorization"] is None
        assert other.requests[0].headers["Accept"] == "text/html"
