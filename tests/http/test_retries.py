from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from core.http import Door, DoorError
from tests.loopback import LoopbackServer, Reply, Request


def after(*failures: Reply) -> Callable[[Request], Reply]:
    """Fail as told, then answer well."""
    left = list(failures)
    return lambda _request: left.pop(0) if left else (200, {}, b"well")


@pytest.mark.parametrize(
    "failure",
    [
        (500, {}, b""),
        (503, {"Retry-After": "0"}, b""),
        (429, {"Retry-After": "0"}, b""),
        (200, {"Content-Length": "9"}, b"short"),
    ],
    ids=["500", "503", "429", "truncated"],
)
def test_it_tries_twice_more(server: LoopbackServer, door: Door, failure: Reply) -> None:
    assert door.get(server.route("/", after(failure, failure))).body == b"well"
    assert len(server.requests) == 3


def test_it_gives_up_then(server: LoopbackServer, door: Door) -> None:
    with pytest.raises(DoorError):
        door.get(server.route("/", (500, {}, b"")))
    assert len(server.requests) == 3


def test_it_waits_as_long_as_the_host_says(server: LoopbackServer, door: Door) -> None:
    started = time.monotonic()
    door.get(server.route("/", after((503, {"Retry-After": "1"}, b""))))
    assert 1 <= time.monotonic() - started < 2


@pytest.mark.parametrize(
    "answer",
    [(404, {}, b""), (403, {}, b""), (429, {}, b""), (503, {"Retry-After": "60"}, b"")],
    ids=["404", "403", "429", "long wait"],
)
def test_it_does_not_press(server: LoopbackServer, door: Door, answer: Reply) -> None:
    with pytest.raises(DoorError):
        door.get(server.route("/", answer))
    assert len(server.requests) == 1


def test_it_does_not_try_beyond_the_deadline(server: LoopbackServer, door: Door) -> None:
    started = time.monotonic()
    with pytest.raises(DoorError) as caught:
        door.get(server.route("/", (503, {"Retry-After": "3"}, b"")), deadline=1)
    assert caught.value.outcome.code == "http.server_error"
    assert time.monotonic() - started < 1
