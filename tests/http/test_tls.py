from __future__ import annotations

import socket
from pathlib import Path

import pytest

from core.http import DoorError
from tests.http.conftest import UPSTREAM, MakeDoor
from tests.loopback import LoopbackServer, drip


def test_it_trusts_the_bundle(
    tls_server: LoopbackServer, make_door: MakeDoor, ca_bundle: str
) -> None:
    origin = f"https://{UPSTREAM}:{tls_server.port}"
    tls_server.route("/", (200, {}, b"secure"))
    door = make_door(trusted_origins=[origin], ca_bundle=ca_bundle)
    assert [door.get(origin).body for _ in range(3)] == [b"secure"] * 3
    assert tls_server.connections == 1
    assert tls_server.requests[0].headers["Host"] == f"{UPSTREAM}:{tls_server.port}"


def test_it_trusts_nobody_else(tls_server: LoopbackServer, make_door: MakeDoor) -> None:
    origin = f"https://{UPSTREAM}:{tls_server.port}"
    with pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[origin]).get(origin)
    assert caught.value.outcome.code == "http.tls"
    assert tls_server.requests == []


def test_the_certificate_must_name_the_host(
    tls_server: LoopbackServer, make_door: MakeDoor, ca_bundle: str
) -> None:
    origin = f"https://other.example.org:{tls_server.port}"
    with pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[origin], ca_bundle=ca_bundle).get(origin)
    assert caught.value.outcome.code == "http.tls"
    assert "other.example.org" in str(caught.value)


def test_a_host_without_tls_is_told(
    server: LoopbackServer, make_door: MakeDoor, ca_bundle: str
) -> None:
    origin = server.url.replace("http", "https")
    with pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[origin], ca_bundle=ca_bundle).get(origin)
    assert caught.value.outcome.code == "http.tls"


def test_the_deadline_holds_over_tls(
    tls_server: LoopbackServer, make_door: MakeDoor, ca_bundle: str
) -> None:
    origin = f"https://{UPSTREAM}:{tls_server.port}"
    tls_server.route("/", lambda _request: (200, {}, drip(times=30)))
    with pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[origin], ca_bundle=ca_bundle).get(origin, deadline=0.4)
    assert caught.value.outcome.code == "http.timeout"


def test_the_deadline_holds_over_the_handshake(make_door: MakeDoor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(DoorError) as caught:
            make_door(trusted_origins=[origin]).get(origin, deadline=0.3)
    assert caught.value.outcome.code == "http.timeout"


def test_the_bundle_may_be_a_directory(ca_bundle: str, make_door: MakeDoor) -> None:
    make_door(ca_bundle=str(Path(ca_bundle).parent))
