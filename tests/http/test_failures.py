"""Each way in which a request can fail is a typed outcome that names the host, and in time."""

from __future__ import annotations

import gzip
import pickle
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from itertools import chain

import pytest

from core.http import Door, DoorError
from core.http.failures import retry_after
from tests.http.conftest import MakeDoor, endless, hang_up
from tests.loopback import Handler, LoopbackServer, Reply, Request, drip

BOMB = gzip.compress(b"\0" * 50_000_000)
HALF = zlib.compress(b"page" * 1000)[:-8]
NAMED = b"\x1f\x8b\x08\x08" + bytes(6)  # the head of a gzip, as far as the name of the file


def sleepy(_request: Request) -> Reply:
    time.sleep(1)
    return 200, {}, b"too late"


def unpacks_to_nothing(_request: Request) -> Reply:
    return 200, {"Content-Encoding": "gzip"}, chain([NAMED], endless())


FAILURES: dict[str, tuple[str, Handler | Reply]] = {
    "no such page": ("http.not_found", (404, {}, b"")),
    "no such page, in part": ("http.not_found", (404, {"Content-Length": "9"}, b"no")),
    "gone": ("http.gone", (410, {}, b"")),
    "unauthorised": ("http.forbidden", (401, {}, b"")),
    "forbidden": ("http.forbidden", (403, {}, b"")),
    "rate limit": ("http.rate_limited", (429, {"Retry-After": "60"}, b"")),
    "rate limit without a time": ("http.rate_limited", (429, {}, b"")),
    "secondary rate limit": ("http.rate_limited", (403, {"Retry-After": "60"}, b"")),
    "spent rate limit": ("http.rate_limited", (403, {"X-RateLimit-Remaining": "0"}, b"")),
    "server error": ("http.server_error", (500, {}, b"")),
    "maintenance": ("http.server_error", (503, {"Retry-After": "600"}, b"")),
    "teapot": ("http.unexpected_status", (418, {}, b"")),
    "choices": ("http.unexpected_status", (300, {}, b"")),
    "redirect to nowhere": ("http.unexpected_status", (302, {}, b"")),
    "never answers": ("http.timeout", sleepy),
    "slow drip": ("http.timeout", lambda _: (200, {}, drip(times=30))),
    "hangs up": ("http.unreachable", hang_up),
    "truncated": ("http.truncated", (200, {"Content-Length": "100"}, b"short")),
    "truncated chunk": ("http.truncated", (200, {"Transfer-Encoding": "chunked"}, [b"9\r\nfoo"])),
    "announced as large": ("http.too_large", (200, {"Content-Length": str(5 * 10**9)}, b"")),
    "endless": ("http.too_large", lambda _: (200, {}, endless())),
    "gzip bomb": ("http.too_large", (200, {"Content-Encoding": "gzip"}, BOMB)),
    "unpacks to nothing": ("http.too_large", unpacks_to_nothing),
    "half a gzip": ("http.bad_body", (200, {"Content-Encoding": "gzip"}, BOMB[:100])),
    "half a deflate": ("http.bad_body", (200, {"Content-Encoding": "deflate"}, HALF)),
    "no gzip at all": ("http.bad_body", (200, {"Content-Encoding": "gzip"}, b"<html>")),
    "no deflate at all": ("http.bad_body", (200, {"Content-Encoding": "deflate"}, b"\xff" * 9)),
    "not asked for": ("http.bad_body", (200, {"Content-Encoding": "br"}, b"x")),
    "twice packed": ("http.bad_body", (200, {"Content-Encoding": "gzip, gzip"}, b"x")),
    "too many headers": ("http.not_http", (200, {f"X-{n}": "1" for n in range(200)}, b"")),
    "endless header": ("http.not_http", (200, {"X": "1" * 100_000}, b"")),
}


@pytest.mark.parametrize(("code", "answer"), FAILURES.values(), ids=FAILURES.keys())
def test_it_ends_in_a_typed_outcome(
    server: LoopbackServer, door: Door, code: str, answer: Handler | Reply
) -> None:
    url = server.route("/secret-path", answer) + "?token=secret"
    started = time.monotonic()
    with pytest.raises(DoorError) as caught:
        door.get(url, deadline=0.7, max_bytes=1_000_000)
    assert caught.value.outcome.code == code
    assert "127.0.0.1" in caught.value.outcome.message
    assert "secret" not in caught.value.outcome.message
    assert time.monotonic() - started < 1.5


@contextmanager
def raw_server(answer: bytes, *, every: float = 0.0) -> Iterator[str]:
    """A socket that sends what HTTP servers do not, byte by byte if `every` is given."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for start in range(len(answer)) if every else [0]:
                    time.sleep(every)
                    connection.sendall(answer[start : start + 1] if every else answer)
        except OSError:
            return  # the client has given up, as it should

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "every", "code"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", 0.0, "http.not_http"),
        (b"HTTP/1.1 abc\r\n\r\n", 0.0, "http.not_http"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100, 0.02, "http.timeout"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0.001, "http.timeout"),
    ],
    ids=["ssh", "no status", "drip of a header", "drip of interim answers"],
)
def test_it_survives_what_is_not_quite_http(
    make_door: MakeDoor, answer: bytes, every: float, code: str
) -> None:
    with raw_server(answer, every=every) as url, pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[url]).get(url, deadline=0.5)
    assert caught.value.outcome.code == code


def test_it_tells_a_refused_connection(make_door: MakeDoor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(DoorError) as caught:
        make_door(trusted_origins=[url]).get(url)
    assert caught.value.outcome.code == "http.unreachable"
    assert caught.value.outcome.message.endswith("it refused the connection.")


def test_it_tells_an_unknown_host(make_door: MakeDoor) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(DoorError) as caught:
        make_door(resolve=unknown).get("https://nowhere.example/")
    assert caught.value.outcome.code == "http.unknown_host"


def test_it_does_not_wait_for_a_resolver_that_hangs(make_door: MakeDoor) -> None:
    def hangs(host: str, port: int) -> list[str]:
        time.sleep(1)
        return []

    started = time.monotonic()
    with pytest.raises(DoorError) as caught:
        make_door(resolve=hangs).get("https://slow.example/", deadline=0.2)
    assert caught.value.outcome.code == "http.timeout"
    assert time.monotonic() - started < 0.6


def test_it_says_how_long_to_wait(server: LoopbackServer, door: Door) -> None:
    with pytest.raises(DoorError) as caught:
        door.get(server.route("/", (429, {"Retry-After": "120"}, b"")))
    assert (caught.value.status, caught.value.retry_after) == (429, 120.0)


def test_an_error_can_be_pickled(server: LoopbackServer, door: Door) -> None:
    with pytest.raises(DoorError) as caught:
        door.get(server.route("/", (429, {"Retry-After": "120"}, b"")))
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (copy.outcome, copy.status, copy.retry_after) == (caught.value.outcome, 429, 120.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": formatdate(1_000_100, usegmt=True)}, 100),
        ({"retry-after": formatdate(0, usegmt=True)}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000100"}, 100),
    ],
)
def test_it_reads_the_time_to_wait(
    monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], seconds: float
) -> None:
    monkeypatch.setattr("core.http.failures.time.time", lambda: 1_000_000.0)
    assert retry_after(headers) == seconds


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"retry-after": "soon"},
        {"retry-after": "9" * 5000},
        {"retry-after": "Mon, 99 Foo 99999 99:99:99 GMT"},
        {"retry-after": "²"},
        {"x-ratelimit-remaining": "10", "x-ratelimit-reset": "99999999999"},
    ],
)
def test_it_ignores_a_time_it_cannot_read(headers: dict[str, str]) -> None:
    assert retry_after(headers) is None
