from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from core.http import Door, DoorConfig
from core.http.dialing import Resolve
from tests.loopback import LoopbackServer, Reply, Request

MakeDoor = Callable[..., Door]
UPSTREAM = "upstream.example.org"


def endless() -> Iterator[bytes]:
    """A body without an end."""
    while True:
        yield b"x" * 65536


def hang_up(_request: Request) -> Reply:
    """A handler that drops the connection without an answer."""
    raise ConnectionResetError


def resolve_to_loopback(host: str, port: int) -> list[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.01)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as running:
        yield running


@pytest.fixture
def make_door() -> Iterator[MakeDoor]:
    """Doors from settings; names resolve to loopback unless told otherwise."""
    doors: list[Door] = []

    def make(*, resolve: Resolve = resolve_to_loopback, **settings: Any) -> Door:
        doors.append(Door(DoorConfig.from_settings(settings), resolve=resolve))
        return doors[-1]

    yield make
    for door in doors:
        door.close()


@pytest.fixture
def door(server: LoopbackServer, make_door: MakeDoor) -> Door:
    """A door that trusts the server."""
    return make_door(trusted_origins=[server.url])


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[LoopbackServer]:
    """An HTTPS server with a certificate for `UPSTREAM` alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(UPSTREAM).configure_cert(context)
    with LoopbackServer(tls=context) as running:
        yield running
