"""Reading the body of an answer: never more than a limit, neither on the wire nor unpacked."""

from __future__ import annotations

import zlib
from http.client import HTTPResponse, IncompleteRead
from typing import Protocol

from core.http.outcomes import BAD_BODY, TOO_LARGE, door_error

ACCEPT_ENCODING = "gzip, deflate"
CHUNK = 65536  # bytes


def read_body(response: HTTPResponse, *, limit: int, host: str) -> bytes:
    """The whole body, unpacked.

    Raises `DoorError` (`http.too_large`, `http.bad_body`), IncompleteRead when the host hung up
    early, and what sockets raise.
    """
    if (response.length or 0) > limit:
        raise door_error(TOO_LARGE, host=host, limit=limit)
    unpack = _unpacker(response, limit=limit, host=host)
    body = bytearray()
    received = 0
    while piece := response.read1(CHUNK):
        received += len(piece)
        body += unpack.feed(piece)
        if max(received, len(body)) > limit:
            raise door_error(TOO_LARGE, host=host, limit=limit)
    if response.length:
        raise IncompleteRead(b"", response.length)
    unpack.finish()
    return bytes(body)


def drain(response: HTTPResponse) -> bool:
    """Read the rest of a body that nobody wants, if it is short; whether that was all of it."""
    if response.length is not None and response.length > CHUNK:
        return False
    return any(not response.read1(CHUNK) for _ in range(4))


class _Unpacker(Protocol):
    def feed(self, piece: bytes) -> bytes: ...
    def finish(self) -> None: ...


class _Plain:
    def feed(self, piece: bytes) -> bytes:
        return piece

    def finish(self) -> None:
        """Any end is a good end."""


class _Zipped:
    """gzip, of one or several members, or deflate, with or without its zlib header."""

    def __init__(self, *, limit: int, host: str, deflate: bool) -> None:
        self._room = limit + 1  # one more byte than allowed is enough to know
        self._host = host
        self._deflate = deflate
        self._started = False
        self._stream = zlib.decompressobj(32 + zlib.MAX_WBITS)

    def feed(self, piece: bytes) -> bytes:
        unpacked = bytearray()
        while piece and self._room > 0:
            more = self._next(piece)
            self._room -= len(more)
            unpacked += more
            piece = self._stream.unused_data
            if piece:  # another member follows
                self._stream = zlib.decompressobj(32 + zlib.MAX_WBITS)
        return bytes(unpacked)

    def finish(self) -> None:
        if self._started and not self._stream.eof:
            raise door_error(BAD_BODY, host=self._host, reason="its compression ends too early")

    def _next(self, piece: bytes) -> bytes:
        first, self._started = not self._started, True
        try:
            return self._stream.decompress(piece, self._room)
        except zlib.error:
            if not (first and self._deflate):
                raise self._broken() from None
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._stream.decompress(piece, self._room)
        except zlib.error:
            raise self._broken() from None

    def _broken(self) -> Exception:
        return door_error(BAD_BODY, host=self._host, reason="its compression is broken")


def _unpacker(response: HTTPResponse, *, limit: int, host: str) -> _Unpacker:
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding in {"identity", ""}:
        return _Plain()
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise door_error(BAD_BODY, host=host, reason="its compression was not asked for")
    return _Zipped(limit=limit, host=host, deflate=encoding == "deflate")
