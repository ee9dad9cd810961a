from __future__ import annotations

import pytest

from core.http import DoorError
from tests.http.conftest import MakeDoor
from tests.loopback import LoopbackServer


def test_it_asks_the_mirror(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("/github/*", (200, {}, b"mirrored"))
    door = make_door(mirrors={"https://github.com": server.url + "/github/"})
    response = door.get("https://GitHub.com/conda/conda?tab=tags")
    assert response.body == b"mirrored"
    assert response.final_url == "https://github.com/conda/conda?tab=tags"
    assert server.paths() == ["/github/conda/conda?tab=tags"]


def test_a_wildcard_serves_all_hosts(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("/*", (200, {}, b"mirrored"))
    door = make_door(mirrors={"*": server.url + "/w/{host}"})
    door.get("https://ftp.example.org/a/")
    door.get("http://example.org:8080/b")
    assert server.paths() == ["/w/ftp.example.org/a/", "/w/example.org:8080/b"]


def test_a_named_origin_comes_before_the_wildcard(
    server: LoopbackServer, make_door: MakeDoor
) -> None:
    server.route("/*", (200, {}, b"mirrored"))
    bases = {"https://github.com": server.url + "/github", "*": server.url + "/{host}"}
    make_door(mirrors=bases).get("https://github.com/a")
    assert server.paths() == ["/github/a"]


@pytest.mark.parametrize(
    ("location", "path", "final"),
    [
        ("https://github.com/new", "/github.com/new", "https://github.com/new"),
        ("https://example.org/new", "/example.org/new", "https://example.org/new"),
        ("new", "/github.com/new", "https://github.com/new"),
        ("/github.com/new", "/github.com/new", "https://github.com/new"),
    ],
)
def test_a_redirect_stays_with_the_mirror(
    server: LoopbackServer, make_door: MakeDoor, location: str, path: str, final: str
) -> None:
    server.route("/github.com/old", (302, {"Location": location}, b""))
    server.route(path, (200, {}, b"here"))
    response = make_door(mirrors={"*": server.url + "/{host}"}).get("https://github.com/old")
    assert response.body == b"here"
    assert response.final_url == final


def test_a_path_cannot_climb_out_of_its_base(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("/*", (200, {}, b"mirrored"))
    door = make_door(mirrors={"*": server.url + "/{host}"})
    door.get("https://github.com/../../admin/%2e%2e/%2E./secret")
    assert server.paths() == ["/github.com/secret"]


def test_a_wildcard_is_no_way_into_a_network(server: LoopbackServer, make_door: MakeDoor) -> None:
    door = make_door(mirrors={"*": server.url + "/{host}"})
    with pytest.raises(DoorError) as caught:
        door.get("http://169.254.169.254/latest/")
    assert caught.value.outcome.code == "http.refused_address"
    assert server.requests == []


def test_a_local_name_may_have_a_mirror(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("/git/a", (200, {}, b"mirrored"))
    door = make_door(mirrors={"http://git": server.url + "/git"})
    assert door.get("http://git/a").body == b"mirrored"
