from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.http import DoorError
from core.http.origins import parse_origin
from core.http.proxies import Proxies
from tests.http.conftest import UPSTREAM, MakeDoor, hang_up
from tests.loopback import LoopbackServer


@contextmanager
def tunnelling_proxy(target: int, answer: bytes = b"200 OK") -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that tunnels one connection to a port of this machine, and what it was asked."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client, socket.create_connection(("127.0.0.1", target)) as upstream:
            asked.append(client.recv(65536))
            client.sendall(b"HTTP/1.1 " + answer + b"\r\n\r\n")
            back = threading.Thread(target=_pump, args=(upstream, client))
            back.start()
            _pump(client, upstream)
            back.join()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_http_goes_through_the_proxy(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("http://example.org/*", (200, {}, b"by proxy"))
    proxy = server.url.replace("://", "://me:pass%20word@")
    response = make_door(proxies={"http": proxy}).get("http://example.org/a?b")
    assert response.body == b"by proxy"
    seen = server.requests[0]
    assert (seen.path, seen.headers["Host"]) == ("http://example.org/a?b", "example.org")
    login = base64.b64encode(b"me:pass word").decode()
    assert seen.headers["Proxy-Authorization"] == f"Basic {login}"


def test_https_goes_through_a_tunnel(
    tls_server: LoopbackServer, make_door: MakeDoor, ca_bundle: str
) -> None:
    tls_server.route("/a", (200, {}, b"by tunnel"))
    with tunnelling_proxy(tls_server.port) as (proxy, asked):
        login = proxy.replace("://", "://me:word@")
        door = make_door(proxies={"https": login}, ca_bundle=ca_bundle)
        assert door.get(f"https://{UPSTREAM}/a").body == b"by tunnel"
        door.close()
    assert asked[0].startswith(b"CONNECT upstream.example.org:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic " in asked[0]
    assert tls_server.requests[0].headers["Proxy-Authorization"] is None
    assert tls_server.requests[0].headers["Host"] == UPSTREAM


def test_a_tunnel_does_not_make_a_host_trusted(
    tls_server: LoopbackServer, make_door: MakeDoor
) -> None:
    with tunnelling_proxy(tls_server.port) as (proxy, _asked), pytest.raises(DoorError) as caught:
        make_door(proxies={"https": proxy}).get(f"https://{UPSTREAM}/a")
    assert caught.value.outcome.code == "http.tls"
    assert tls_server.requests == []


def test_a_proxy_may_refuse(server: LoopbackServer, make_door: MakeDoor) -> None:
    with tunnelling_proxy(server.port, b"403 Forbidden") as (proxy, _asked):
        with pytest.raises(DoorError) as caught:
            make_door(proxies={"https": proxy}).get("https://example.org/")
        assert caught.value.outcome.code == "http.proxy"
        assert "example.org" in str(caught.value)
        assert "403 Forbidden" in str(caught.value)


def test_a_proxy_may_want_a_login(server: LoopbackServer, make_door: MakeDoor) -> None:
    server.route("http://example.org/", (407, {}, b""))
    with pytest.raises(DoorError) as caught:
        make_door(proxies={"http": server.url}).get("http://example.org/")
    assert caught.value.outcome.code == "http.proxy"


def test_a_proxy_is_not_to_blame_for_a_host_that_hangs_up(
    server: LoopbackServer, make_door: MakeDoor
) -> None:
    server.route("http://example.org/", hang_up)
    with pytest.raises(DoorError) as caught:
        make_door(proxies={"http": server.url}).get("http://example.org/")
    assert caught.value.outcome.code == "http.unreachable"


def test_a_proxy_may_not_answer(make_door: MakeDoor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(DoorError) as caught:
            make_door(proxies={"https": proxy}).get("https://example.org/", deadline=0.3)
    assert caught.value.outcome.code == "http.timeout"


def test_a_proxy_may_be_away(make_door: MakeDoor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = f"http://me:hunter2@127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(DoorError) as caught:
        make_door(proxies={"http": proxy}).get("http://example.org/")
    assert caught.value.outcome.code == "http.proxy"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("", "http://example.org", False),
        ("*", "http://example.org", True),
        ("example.org", "http://example.org", True),
        ("other.org, .example.org", "http://a.example.org", True),
        ("*.example.org", "http://a.example.org", True),
        ("example.org:8080", "http://example.org:8080", True),
        ("example.org:8080", "http://example.org", False),
        ("example.org", "http://badexample.org", False),
        ("", "http://127.0.0.1:8000", True),
        ("", "https://example.org", True),
    ],
)
def test_some_hosts_need_no_proxy(no_proxy: str, url: str, direct: bool) -> None:
    proxies = Proxies({"http": "http://proxy.example:3128"}, no_proxy)
    assert (proxies.choose(parse_origin(url)) is None) is direct
