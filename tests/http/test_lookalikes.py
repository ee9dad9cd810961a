"""A credential goes to its own origin, and to none that looks like it, however trusted."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from core.http import Door, DoorError
from tests.http.conftest import UPSTREAM, MakeDoor
from tests.loopback import LoopbackServer

SECRET = "Bearer hunter2"
LOOKALIKES = [
    f"{UPSTREAM}.evil.example",
    f"evil{UPSTREAM}",
    f"api.{UPSTREAM}",
    UPSTREAM.partition(".")[2],
    UPSTREAM.replace("-", "").replace(".example", "-example"),
    UPSTREAM.replace("e", "3", 1),
    "xn--upstram-chg.example.org",  # a Cyrillic letter, as the network writes it
]


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[LoopbackServer]:
    """One that proves to be any of these hosts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(UPSTREAM, *LOOKALIKES).configure_cert(context)
    with LoopbackServer(tls=context) as running:
        running.route("/", (200, {}, b"here"))
        yield running


@pytest.fixture
def door(server: LoopbackServer, make_door: MakeDoor, ca_bundle: str, tmp_path: Path) -> Door:
    """It trusts all these hosts, and has a credential for one."""
    (tmp_path / "value").write_text(SECRET)
    credentials = tmp_path / "credentials.json"
    entry = {"header": "Authorization", "value_file": "value"}
    credentials.write_text(json.dumps({f"https://{UPSTREAM}:{server.port}": entry}))
    return make_door(
        trusted_origins=[f"https://{host}:{server.port}" for host in (UPSTREAM, *LOOKALIKES)],
        ca_bundle=ca_bundle,
        credentials_file=str(credentials),
    )


def sent(server: LoopbackServer) -> list[str | None]:
    return [request.headers["Authorization"] for request in server.requests]


@pytest.mark.parametrize("host", [UPSTREAM, UPSTREAM.upper(), f"{UPSTREAM}."])
def test_it_is_sent_however_its_host_is_spelled(
    server: LoopbackServer, door: Door, host: str
) -> None:
    door.get(f"https://{host}:{server.port}/")
    assert sent(server) == [SECRET]


@pytest.mark.parametrize("host", LOOKALIKES)
def test_it_is_not_sent_to_a_lookalike(server: LoopbackServer, door: Door, host: str) -> None:
    door.get(f"https://{host}:{server.port}/")
    assert sent(server) == [None]


@pytest.mark.parametrize("host", LOOKALIKES)
def test_it_does_not_follow_a_redirect_there(server: LoopbackServer, door: Door, host: str) -> None:
    server.route("/moved", (302, {"Location": f"https://{host}:{server.port}/"}, b""))
    door.get(f"https://{UPSTREAM}:{server.port}/moved")
    assert sent(server) == [SECRET, None]


def test_it_comes_back_with_a_redirect_that_does(server: LoopbackServer, door: Door) -> None:
    server.route("/moved", (302, {"Location": f"https://{UPSTREAM}:{server.port}/"}, b""))
    door.get(f"https://{LOOKALIKES[0]}:{server.port}/moved")
    assert sent(server) == [None, SECRET]


@pytest.mark.parametrize(
    "url",
    [
        "https://{upstream}@{evil}:{port}/",
        "https://{upstream}:443@{evil}:{port}/",
        "https://{evil}:{port}\\@{upstream}/",
        "https://{upstream}:{port}:{port}/",
        "https://{upstream}%2e{evil}:{port}/",
    ],
)
def test_a_url_that_reads_as_two_hosts_is_not_fetched(
    server: LoopbackServer, door: Door, url: str
) -> None:
    with pytest.raises(DoorError) as caught:
        door.get(url.format(upstream=UPSTREAM, evil=LOOKALIKES[0], port=server.port))
    assert caught.value.outcome.code == "http.bad_url"
    assert server.connections == 0


def test_it_is_not_sent_to_another_port(
    server: LoopbackServer, make_door: MakeDoor, ca_bundle: str, tmp_path: Path
) -> None:
    (tmp_path / "value").write_text(SECRET)
    credentials = tmp_path / "credentials.json"
    entry = {"header": "Authorization", "value_file": "value"}
    credentials.write_text(json.dumps({f"https://{UPSTREAM}": entry}))
    origin = f"https://{UPSTREAM}:{server.port}"
    make_door(trusted_origins=[origin], ca_bundle=ca_bundle, credentials_file=str(credentials)).get(
        origin + "/"
    )
    assert sent(server) == [None]
