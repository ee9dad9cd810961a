from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import core.http
from core.http import ConfigError, DoorConfig, HostLimits
from core.http.origins import parse_origin
from tests.loopback import LoopbackServer


def test_it_reads_all_settings(tmp_path: Any) -> None:
    config = DoorConfig.from_settings(
        {
            "mirrors": {"https://github.com": "http://127.0.0.1:1/github"},
            "trusted_origins": ["https://git.example"],
            "index_endpoint": "https://index.example/simple/",
            "ca_bundle": str(tmp_path),
            "proxies": {"https": "proxy.example:3128"},
            "no_proxy": "example.org",
            "credentials_file": None,
            "host_limits": {"https://slow.example": {"in_flight": 1, "rate": 0.5}},
            "contact": "https://bot.example",
            "version": "1.0",
        }
    )
    assert {str(origin) for origin in config.exempt} == {
        "http://127.0.0.1:1",
        "https://git.example",
        "https://index.example",
    }
    assert config.host_limits[parse_origin("https://slow.example")] == HostLimits(1, 0.5)
    assert config.host_limits[parse_origin("https://index.example")] == HostLimits(32, 150)
    assert config.user_agent == "botsite/1.0 (+https://bot.example)"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mirrors", {"github.com": "http://127.0.0.1/"}),
        ("mirrors", {"https://github.com/a": "http://127.0.0.1/"}),
        ("mirrors", {"https://github.com": "/path"}),
        ("mirrors", {"https://github.com": "http://127.0.0.1/?query"}),
        ("mirrors", {"*": "http://127.0.0.1/"}),
        ("mirrors", {"*": "http://{host}.example/"}),
        ("trusted_origins", ["*"]),
        ("trusted_origins", ["https://git.example/path"]),
        ("index_endpoint", "index.example"),
        ("ca_bundle", "/no/such/file"),
        ("ca_bundle", __file__),
        ("proxies", {"ftp": "http://proxy.example"}),
        ("proxies", {"http": "socks5://me:hunter2@proxy.example"}),
        ("proxies", {"http": "http://me:hunter2@proxy.example/path"}),
        ("proxies", {"http": "http://me:hunter2%C3%A4@proxy.example"}),
        ("credentials_file", "/no/such/file"),
        ("host_limits", {"https://a.example": {"in_flight": 0}}),
        ("host_limits", {"https://a.example": {"rate": -1}}),
        ("host_limits", {"https://a.example": {"speed": 1}}),
        ("host_limits", {"https://a.example": 5}),
        ("contact", "two\r\nlines"),
    ],
)
def test_a_bad_value_is_refused_by_its_key(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=key) as caught:
        DoorConfig.from_settings({key: value})
    assert "hunter2" not in str(caught.value)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="mirorrs"):
        DoorConfig.from_settings({"mirorrs": {}})


@pytest.fixture
def process_door(server: LoopbackServer, settings: Any) -> Iterator[core.http.Door]:
    settings.BOTSITE_HTTP = {"trusted_origins": [server.url]}
    core.http.door.cache_clear()
    yield core.http.door()
    core.http.door().close()
    core.http.door.cache_clear()


def test_a_process_has_one_door(server: LoopbackServer, process_door: core.http.Door) -> None:
    assert core.http.door() is process_door
    assert core.http.door().get(server.route("/", (200, {}, b"page"))).body == b"page"


FORK = """
import os
from django.conf import settings
from core.http import door

settings.configure(BOTSITE_HTTP={})
ours = door()
child = os.fork()
if not child:
    os._exit(0 if door() is not ours else 1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_worker_has_a_door_of_its_own() -> None:
    subprocess.run([sys.executable, "-c", FORK], check=True, timeout=30)
