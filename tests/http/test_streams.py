"""Bodies that are too large to hold, piece by piece."""

from __future__ import annotations

import gzip
import zlib

import pytest

from core.http import DoorError

BODY = b"".join(b"line %d\n" % number for number in range(50_000))
BOMB = gzip.compress(bytes(50_000_000))


class Reader:
    """What was read, from the beginning of the last attempt."""

    def __init__(self):
        self.body = b""
        self.attempts = 0
        self.longest = 0

    def __call__(self, pieces):
        self.attempts += 1
        self.body = b""
        for piece in pieces:
            self.longest = max(self.longest, len(piece))
            self.body += piece


def packed(encoding, body=BODY):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "identity": bytes}[encoding]
    return 200, {"Content-Encoding": encoding, "ETag": '"1"'}, pack(body)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_it_works(server, door, encoding):
    url = server.route("/list", packed(encoding))
    read = Reader()
    response = door.stream(url, read)
    assert (response.status, response.body, response.headers["etag"]) == (200, b"", '"1"')
    assert (read.body, read.attempts) == (BODY, 1)
    assert read.longest <= 65536


def test_what_has_not_changed_is_not_read(server, door):
    url = server.route("/list", (304, {}, b""))
    read = Reader()
    headers = {"If-None-Match": '"1"'}
    response = door.stream(url, read, headers=headers, accept_statuses=(200, 304))
    assert (response.status, read.attempts) == (304, 0)


def test_it_is_read_anew_when_it_is_asked_for_again(server, door, monkeypatch):
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.01)
    whole = packed("gzip")
    cut = (200, {**whole[1], "Content-Length": str(len(whole[2]))}, whole[2][:-1000])
    replies = [cut]
    url = server.route("/list", lambda _request: replies.pop() if replies else whole)
    read = Reader()
    door.stream(url, read)
    assert (read.body, read.attempts) == (BODY, 2)


def test_what_unpacks_to_too_much_is_refused_before_it_does(server, door):
    url = server.route("/list", (200, {"Content-Encoding": "gzip"}, BOMB))
    read = Reader()
    with pytest.raises(DoorError) as caught:
        door.stream(url, read, max_bytes=1_000_000)
    assert caught.value.outcome.code == "http.too_large"
    assert len(read.body) <= 1_000_000


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "http.bad_body"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(BODY)[:-100]), "http.bad_body"),
        ((200, {"Content-Encoding": "br"}, b"x"), "http.bad_body"),
        ((404, {}, b"no"), "http.not_found"),
    ],
)
def test_each_failure_has_its_code(server, door, reply, code):
    with pytest.raises(DoorError) as caught:
        door.stream(server.route("/list", reply), Reader())
    assert caught.value.outcome.code == code


def test_what_the_reader_raises_comes_out(server, door):
    def refuse(pieces):
        next(pieces)
        raise ValueError("no list")

    with pytest.raises(ValueError, match="no list"):
        door.stream(server.route("/list", packed("gzip")), refuse)
    assert door.get(server.route("/other", (200, {}, b"fine"))).body == b"fine"
