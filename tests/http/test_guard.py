"""No URL leads Botsite to an address that is not public."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

import pytest

from core.http import DoorError
from core.http.guard import is_public
from tests.http.conftest import UPSTREAM, MakeDoor
from tests.loopback import LoopbackServer

REFUSED = "http.refused_address"
BAD = "http.bad_url"

HOSTILE = [
    ("http://127.0.0.1:{port}/", REFUSED),
    ("http://127.0.0.2:{port}/", REFUSED),
    ("http://0.0.0.0:{port}/", REFUSED),
    ("http://10.1.2.3/", REFUSED),
    ("http://172.16.0.1/", REFUSED),
    ("http://192.168.0.1/", REFUSED),
    ("http://169.254.169.254/latest/meta-data/", REFUSED),
    ("http://100.64.0.1/", REFUSED),
    ("http://198.18.0.1/", REFUSED),
    ("http://224.0.0.1/", REFUSED),
    ("http://255.255.255.255/", REFUSED),
    ("http://192.0.0.8/", REFUSED),
    ("http://[::1]:{port}/", REFUSED),
    ("http://[::]:{port}/", REFUSED),
    ("http://[::ffff:127.0.0.1]:{port}/", REFUSED),
    ("http://[::ffff:7f00:1]:{port}/", REFUSED),
    ("http://[::127.0.0.1]:{port}/", REFUSED),
    ("http://[64:ff9b::7f00:1]/", REFUSED),
    ("http://[64:ff9b:1::7f00:1]/", REFUSED),
    ("http://[2002:7f00:1::]/", REFUSED),
    ("http://[2001:0:53aa:64c:0:0:80ff:fffe]/", REFUSED),
    ("http://[fe80::1]/", REFUSED),
    ("http://[fe80::1%25eth0]/", BAD),
    ("http://[fc00::1]/", REFUSED),
    ("http://[ff02::1]/", REFUSED),
    ("http://2130706433:{port}/", REFUSED),
    ("http://0x7f000001:{port}/", REFUSED),
    ("http://0x7f.1:{port}/", REFUSED),
    ("http://0177.0.0.1:{port}/", REFUSED),
    ("http://127.1:{port}/", REFUSED),
    ("http://127.0.0.1.:{port}/", REFUSED),
    ("http://\uff11\uff12\uff17.0.0.1:{port}/", REFUSED),  # full-width digits
    ("http://127\u30020\u30020\u30021:{port}/", REFUSED),  # ideographic full stops
    ("http://localhost:{port}/", REFUSED),
    ("http://LOCALHOST.:{port}/", REFUSED),
    ("http://app.localhost:{port}/", REFUSED),
    ("http://metadata.google.internal/", REFUSED),
    ("http://printer.local/", REFUSED),
    ("http://intranet/", REFUSED),
    ("http://rebound.example.org:{port}/", REFUSED),
    ("http://github.com@127.0.0.1:{port}/", BAD),
    ("http://127.0.0.1:{port}\\@github.com/", BAD),
    ("http://github.com\\.127.0.0.1:{port}/", BAD),
    ("http://127.0.0.1%2f@github.com/", BAD),
    ("http://%31%32%37.0.0.1:{port}/", BAD),
    ("http://127.0.0.1:{port}\r\nHost: github.com/", BAD),
    ("http://127.0.0.1:{port}:80/", BAD),
    ("http://github.com:0/", BAD),
    ("http://github.com:99999/", BAD),
    ("http:///127.0.0.1:{port}/", BAD),
    ("http://", BAD),
    ("//127.0.0.1:{port}/", BAD),
    ("file:///etc/passwd", BAD),
    ("ftp://127.0.0.1:{port}/", BAD),
    ("gopher://127.0.0.1:{port}/", BAD),
    ("unix:///run/docker.sock", BAD),
    ("", BAD),
    ("http://" + "a" * 64 + ".example/", BAD),
    ("http://example.org/" + "a" * 5000, BAD),
]


@pytest.mark.parametrize(("url", "code"), HOSTILE)
def test_it_is_not_reached(
    server: LoopbackServer, make_door: MakeDoor, url: str, code: str
) -> None:
    server.route("/*", (200, {}, b"reached"))
    with pytest.raises(DoorError) as caught:
        make_door().get(url.format(port=server.port), deadline=2)
    assert caught.value.outcome.code == code
    assert server.connections == 0


@pytest.mark.parametrize(
    "url", [url for url, code in HOSTILE if code == REFUSED and "rebound" not in url]
)
def test_a_proxy_is_not_asked_to_reach_it(
    server: LoopbackServer, make_door: MakeDoor, url: str
) -> None:
    """What is plain from the name is refused there too; the rest only the proxy can know."""
    door = make_door(proxies={"http": server.url, "https": server.url})
    with pytest.raises(DoorError) as caught:
        door.get(url.format(port=server.port), deadline=2)
    assert caught.value.outcome.code == REFUSED
    assert server.connections == 0


def changing(*answers: str) -> Callable[[str, int], list[str]]:
    left = list(answers)
    return lambda host, port: [left.pop(0)]


def test_the_address_judged_is_the_one_connected_to(
    server: LoopbackServer, make_door: MakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is looked up once: a resolver that would say loopback the second time is not asked."""
    connected: list[object] = []

    def connect(_socket: object, address: object) -> None:
        connected.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr("core.http.deadlines.PlainSocket.connect", connect, raising=False)
    door = make_door(resolve=changing("203.0.114.7", "127.0.0.1", "127.0.0.1"))
    with pytest.raises(DoorError):
        door.get(f"http://rebound.example.org:{server.port}/", deadline=0.1)
    assert connected == [("203.0.114.7", server.port)]


def test_a_name_is_judged_anew_at_each_connection(
    server: LoopbackServer, make_door: MakeDoor
) -> None:
    origin = f"http://{UPSTREAM}:{server.port}"
    door = make_door(trusted_origins=[origin], resolve=changing("127.0.0.1", "127.0.0.1"))
    server.route("/*", (200, {"Connection": "close"}, b"reached"))
    assert door.get(origin).body == door.get(origin).body == b"reached"
    assert server.connections == 2


def test_only_the_public_addresses_of_a_name_are_tried(
    server: LoopbackServer, make_door: MakeDoor
) -> None:
    door = make_door(resolve=lambda host, port: ["10.0.0.1", "127.0.0.1", "::1"])
    with pytest.raises(DoorError) as caught:
        door.get(f"http://mixed.example.org:{server.port}/")
    assert caught.value.outcome.code == REFUSED
    assert server.connections == 0


@pytest.mark.parametrize(
    "trusted",
    ["http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}"],
    ids=["port", "scheme", "name"],
)
def test_an_exemption_is_for_its_exact_origin(
    server: LoopbackServer, make_door: MakeDoor, trusted: str
) -> None:
    door = make_door(trusted_origins=[trusted.format(port=server.port)])
    with pytest.raises(DoorError) as caught:
        door.get(server.url)
    assert caught.value.outcome.code == REFUSED
    assert server.connections == 0


def test_the_index_may_be_anywhere(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("/simple/foo/", (200, {}, b"page"))
    door = make_door(index_endpoint=server.url + "/simple/")
    assert door.get(server.url + "/simple/foo/").body == b"page"


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "140.82.121.3", "2606:4700::6810:1", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ip_address(address))
