from __future__ import annotations

import gzip
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.http import Door, DoorError
from tests.http.conftest import MakeDoor
from tests.loopback import LoopbackServer, Reply, Request, drip


def test_it_fetches_a_page(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", (200, {"Content-Type": "text/html; charset=utf-8"}, "käse"))
    response = door.get(url)
    assert response.status == 200
    assert response.url == response.final_url == url
    assert response.content_type == "text/html"
    assert response.text() == "käse"
    assert response.elapsed > 0


def test_it_says_who_asks(server: LoopbackServer, make_door: MakeDoor) -> None:
    door = make_door(trusted_origins=[server.url], version="1.2", contact="https://bot.example")
    door.get(server.route("/", (200, {}, b"")))
    assert server.requests[0].headers["User-Agent"] == "botsite/1.2 (+https://bot.example)"


def test_it_sends_the_callers_headers_once(server: LoopbackServer, door: Door) -> None:
    url = server.route("/", (200, {}, b""))
    door.get(url, headers={"accept": "application/json", "user-agent": "someone else"})
    headers = server.requests[0].headers
    assert headers.get_all("Accept") == ["application/json"]  # type: ignore[attr-defined]
    assert headers["User-Agent"] == "botsite"


def test_it_keeps_no_cookies(server: LoopbackServer, door: Door) -> None:
    url = server.route("/", (200, {"Set-Cookie": "a=b; Path=/"}, b""))
    door.get(url)
    door.get(url)
    assert [request.headers["Cookie"] for request in server.requests] == [None, None]


def test_it_asks_for_the_head_alone(server: LoopbackServer, door: Door) -> None:
    url = server.route("/file", (200, {"ETag": '"1"'}, b"x" * 1000))
    response = door.head(url)
    assert (response.status, response.body) == (200, b"")
    assert response.headers["etag"] == '"1"'
    assert server.requests[0].method == "HEAD"


def test_it_keeps_connections(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", (200, {}, b"page"))
    for _ in range(3):
        door.get(url)
    assert server.connections == 1


def test_it_replaces_a_connection_that_was_hung_up(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", (200, {"Content-Length": "4"}, b"page"))  # then hangs up
    assert [door.get(url).body for _ in range(3)] == [b"page"] * 3


def test_it_does_not_trust_a_connection_that_is_idle_for_long(
    server: LoopbackServer, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.http.connections.MAX_IDLE", 0.0)
    url = server.route("/page", (200, {}, b"page"))
    assert [door.get(url).body for _ in range(2)] == [b"page"] * 2
    assert server.connections == 2


def test_it_keeps_the_connections_of_the_latest_hosts(
    server: LoopbackServer, make_door: MakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.http.connections.KEPT_HOSTS", 1)
    with LoopbackServer() as other:
        door = make_door(trusted_origins=[server.url, other.url])
        for each in (server, other, other, server):
            door.get(each.route("/", (200, {}, b"")))
        assert (server.connections, other.connections) == (2, 1)


def test_it_serves_many_threads(server: LoopbackServer, make_door: MakeDoor) -> None:
    limits = {server.url: {"in_flight": 16, "rate": 10_000}}
    door = make_door(trusted_origins=[server.url], host_limits=limits)
    server.route("/*", lambda request: (200, {}, request.path))
    urls = [f"{server.url}/{number}" for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        bodies = [response.text() for response in pool.map(door.get, urls)]
    assert bodies == [f"/{number}" for number in range(200)]
    assert server.connections <= 16


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"page" * 1000)),
        ("gzip", gzip.compress(b"page" * 500) + gzip.compress(b"page" * 500)),
        ("gzip", gzip.compress(b"page" * 1000) + b"\0" * 100),
        ("deflate", zlib.compress(b"page" * 1000)),
        ("deflate", zlib.compress(b"page" * 1000, wbits=-15)),
    ],
    ids=["gzip", "two members", "padding", "zlib", "raw"],
)
def test_it_unpacks(server: LoopbackServer, door: Door, encoding: str, packed: bytes) -> None:
    url = server.route("/page", (200, {"Content-Encoding": encoding}, packed))
    assert door.get(url).body == b"page" * 1000


def test_it_reads_a_body_in_chunks(server: LoopbackServer, door: Door) -> None:
    pieces = [b"3\r\nfoo\r\n", b"3\r\nbar\r\n", b"0\r\n\r\n"]
    url = server.route("/page", (200, {"Transfer-Encoding": "chunked"}, pieces))
    assert door.get(url).body == b"foobar"


def test_it_reads_a_body_without_a_length(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", lambda _request: (200, {}, drip(b"ab", every=0, times=3)))
    assert door.get(url).body == b"ababab"


def test_it_returns_a_status_that_the_caller_accepts(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", (304, {"ETag": '"1"'}, b""))
    response = door.get(url, headers={"If-None-Match": '"1"'}, accept_statuses={200, 304})
    assert (response.status, response.body) == (304, b"")


def test_it_reads_json(server: LoopbackServer, door: Door) -> None:
    assert door.get(server.route("/a", (200, {}, '{"a": 1}'))).json() == {"a": 1}


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe\xfd", b"[" * 100_000, b"1" * 5000])
def test_it_tells_what_is_no_json(server: LoopbackServer, door: Door, body: bytes) -> None:
    response = door.get(server.route("/a", (200, {}, body)))
    with pytest.raises(DoorError) as caught:
        response.json()
    assert caught.value.outcome.code == "http.bad_body"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/html; charset=ISO-8859-1", b"k\xe4se", "käse"),
        ("text/html", b"k\xe4se", "k\ufffdse"),
        ("text/html; charset=punycode", b"abc", "abc"),
    ],
)
def test_it_decodes_text(
    server: LoopbackServer, door: Door, content_type: str, body: bytes, text: str
) -> None:
    assert door.get(server.route("/a", (200, {"Content-Type": content_type}, body))).text() == text


def test_it_counts_the_traffic_of_a_host(server: LoopbackServer, door: Door) -> None:
    door.get(server.route("/page", (200, {}, b"page")))
    with pytest.raises(DoorError):
        door.get(server.url + "/missing")
    traffic = door.traffic()[f"127.0.0.1:{server.port}"]
    assert (traffic.requests, traffic.failures) == (2, 1)
    assert traffic.seconds > 0


def test_a_host_that_says_nothing_is_asked_once_more(server: LoopbackServer, door: Door) -> None:
    def forgets_the_first(request: Request) -> Reply:
        if len(server.requests) == 1:
            time.sleep(3)
        return 200, {}, b"here"

    server.route("/page", forgets_the_first)
    assert door.get(f"{server.url}/page", deadline=2.6).body == b"here"


def test_a_host_that_has_begun_is_not_interrupted(server: LoopbackServer, door: Door) -> None:
    server.route("/page", lambda _request: (200, {}, drip(every=0.1, times=6)))
    door.get(f"{server.url}/page", deadline=1.0)
    assert len(server.requests) == 1
