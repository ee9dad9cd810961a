from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from core.http import ConfigError, DoorConfig
from tests.http.conftest import UPSTREAM, MakeDoor
from tests.loopback import LoopbackServer

SECRET = "Bearer hunter2"


def credentials_file(folder: Path, *origins: str) -> str:
    (folder / "value").write_text(SECRET + "\n")
    entry = {"header": "Authorization", "value_file": "value"}
    path = folder / "credentials.json"
    path.write_text(json.dumps(dict.fromkeys(origins, entry)))
    return str(path)


def test_it_is_sent_to_its_origin(
    tls_server: LoopbackServer, make_door: MakeDoor, ca_bundle: str, tmp_path: Path
) -> None:
    origin = f"https://{UPSTREAM}:{tls_server.port}"
    tls_server.route("/", (200, {}, b"private"))
    door = make_door(
        trusted_origins=[origin],
        ca_bundle=ca_bundle,
        credentials_file=credentials_file(tmp_path, origin),
    )
    assert door.get(origin + "/").body == b"private"
    assert tls_server.requests[0].headers["Authorization"] == SECRET


@pytest.mark.parametrize(
    "other",
    [
        "http://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://upstream.example.org.evil.example:{port}",
        "http://upstream-example.org:{port}",
        "http://upstream.example.org.:{port}",
        "http://upstrеam.example.org:{port}",  # noqa: RUF001 - a Cyrillic letter
    ],
)
def test_it_is_not_sent_to_another(
    server: LoopbackServer, make_door: MakeDoor, tmp_path: Path, other: str
) -> None:
    other = other.format(port=server.port)
    named = f"https://{UPSTREAM}:{server.port}"
    door = make_door(trusted_origins=[other], credentials_file=credentials_file(tmp_path, named))
    door.get(server.route("/", (200, {}, b"")).replace(server.url, other))
    assert server.requests[0].headers["Authorization"] is None


def test_it_is_dropped_at_a_redirect_to_another(
    server: LoopbackServer, make_door: MakeDoor, tmp_path: Path
) -> None:
    with LoopbackServer() as other:
        other.route("/", (200, {}, b"here"))
        door = make_door(
            trusted_origins=[server.url, other.url],
            credentials_file=credentials_file(tmp_path, server.url),
        )
        door.get(server.route("/", (302, {"Location": other.url + "/"}, b"")))
        assert server.requests[0].headers["Authorization"] == SECRET
        assert other.requests[0].headers["Authorization"] is None


def test_a_mirror_gets_it_only_if_listed_itself(
    server: LoopbackServer, make_door: MakeDoor, tmp_path: Path
) -> None:
    server.route("/*", (200, {}, b""))
    mirrors = {"https://github.com": server.url}
    for listed, sent in (("https://github.com", None), (server.url, SECRET)):
        door = make_door(mirrors=mirrors, credentials_file=credentials_file(tmp_path, listed))
        door.get("https://github.com/a", headers={"X-Token": "of the caller"})
        assert server.requests[-1].headers["Authorization"] == sent
        assert server.requests[-1].headers["X-Token"] is None


def test_netrc_and_environment_are_not_read(
    server: LoopbackServer,
    make_door: MakeDoor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    make_door(trusted_origins=[server.url]).get(server.route("/", (200, {}, b"")))
    assert server.requests[0].headers["Authorization"] is None


def test_it_is_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = credentials_file(tmp_path, "https://github.com")
    config = DoorConfig.from_settings({"credentials_file": path})
    assert "hunter2" not in repr(config) + caplog.text


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        '{"http://github.com": {"header": "A", "value_file": "value"}}',
        '{"https://github.com/path": {"header": "A", "value_file": "value"}}',
        '{"https://github.com": {"header": "A", "value": "hunter2"}}',
        '{"https://github.com": {"header": "A", "value_file": "missing"}}',
        '{"https://github.com": {"header": "A: b", "value_file": "value"}}',
        '{"https://github.com": {"header": "A", "value_file": "two_lines"}}',
    ],
)
def test_a_bad_file_is_refused_without_its_values(tmp_path: Path, content: str) -> None:
    (tmp_path / "value").write_text(SECRET)
    (tmp_path / "two_lines").write_text("hunter2\nhunter2")
    path = tmp_path / "credentials.json"
    path.write_text(content)
    with pytest.raises(ConfigError, match="credentials_file") as caught:
        DoorConfig.from_settings({"credentials_file": str(path)})
    assert "hunter2" not in str(caught.value)
