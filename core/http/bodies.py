"""Reading the body of an answer: never more than a limit, neither on the wire nor unpacked.

The body is unpacked here, once it is whole: while urllib3 unpacks, it keeps reading what unpacks to
nothing, for which there is no limit, and takes half a gzip for a whole one.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from django.utils.functional import cached_property
from requests import Response
from urllib3.exceptions import HTTPError

from core.http.outcomes import BAD_BODY, TOO_LARGE, DoorError, door_error

ACCEPT_ENCODING = "gzip, deflate"
CHUNK = 65536  # bytes
IDENTITY = "identity"  # HTTP's word for a body that is not packed

_STREAMED = frozenset({IDENTITY, "gzip", "x-gzip", "deflate"})


class BrokenBodyError(ValueError):
    """A body can't be unpacked; the text says why."""


@dataclass(frozen=True)
class Body:
    """A body as it was sent, packed in an encoding of HTTP, and the most bytes to unpack it to."""

    sent: bytes
    encoding: str = IDENTITY
    limit: int = sys.maxsize - 1

    @cached_property
    def content(self) -> bytes:
        """Unpacked; longer than the limit by one byte if it does not end there. Raises
        BrokenBodyError, but not for a body that was unpacked before."""
        return _unpacked(self.sent, self.encoding, self.limit + 1)

    @cached_property
    def digest(self) -> str:
        """Of what was sent: where this is the same, the content is."""
        return sha256(self.sent).hexdigest()[:32]


NOTHING = Body(b"")


def read_body(response: Response, *, limit: int, host: str) -> Body:
    """The whole body, and it can be unpacked.

    Raises `DoorError` (`http.too_large`, `http.bad_body`) and `urllib3.exceptions.HTTPError`.
    """
    body = Body(_received(response, limit, host), _encoding(response), limit)
    try:
        size = len(body.content)
    except BrokenBodyError as error:
        raise _unreadable(host, str(error)) from None
    if size > limit:
        raise door_error(TOO_LARGE, host=host, limit=limit)
    return body


def pieces(response: Response, *, limit: int, host: str) -> Iterator[bytes]:
    """The body piece by piece, unpacked, for those who need not hold all of it.

    Raises as `read_body()`, when it comes to it.
    """
    encoding = _encoding(response)
    if encoding not in _STREAMED:
        raise _unreadable(host, "its compression was not asked for")
    unpack = _plain if encoding == IDENTITY else _inflate
    total = 0
    try:
        for piece in unpack(response.raw.stream(CHUNK, decode_content=False)):
            total += len(piece)
            if total > limit:
                raise door_error(TOO_LARGE, host=host, limit=limit)
            yield piece
    except (EOFError, zlib.error):
        raise _unreadable(host, "its compression is broken") from None


def drain(response: Response) -> None:
    """Read a body that nobody wants, if it is short, for the sake of the connection."""
    if (response.raw.length_remaining or 0) <= CHUNK:
        with suppress(HTTPError):  # then the connection is closed, and nothing else is lost
            for _ in islice(response.raw.stream(CHUNK, decode_content=False), 4):
                pass


def _received(response: Response, limit: int, host: str) -> bytes:
    """The body as it was sent."""
    received = bytearray()
    pieces = response.raw.stream(CHUNK, decode_content=False)
    while max(response.raw.length_remaining or 0, len(received)) <= limit:
        if (piece := next(pieces, None)) is None:
            return bytes(received)
        received += piece
    raise door_error(TOO_LARGE, host=host, limit=limit)


def _encoding(response: Response) -> str:
    return (response.headers.get("Content-Encoding") or IDENTITY).strip().lower()


def _unpacked(packed: bytes, encoding: str, room: int) -> bytes:
    """The first `room` bytes of what was packed. Raises BrokenBodyError."""
    if not packed or encoding == IDENTITY:
        return packed
    try:
        if encoding in {"gzip", "x-gzip"}:
            return _gunzipped(packed, room)
        if encoding == "deflate":
            return _inflated(packed, room)
    except (OSError, EOFError, zlib.error):
        raise BrokenBodyError("its compression is broken") from None
    raise BrokenBodyError("its compression was not asked for")


def _gunzipped(packed: bytes, room: int) -> bytes:
    """Nearly always one gzip and nothing behind it, for which zlib takes half the time."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = stream.decompress(packed, room)
    if stream.eof and not stream.unused_data:
        return body
    return gzip.GzipFile(fileobj=io.BytesIO(packed)).read(room)


def _inflated(packed: bytes, room: int) -> bytes:
    """Servers send deflate with its zlib header, as they should, or without."""
    try:
        stream = zlib.decompressobj()
        body = stream.decompress(packed, room)
    except zlib.error:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        body = stream.decompress(packed, room)
    if not stream.eof and len(body) < room:
        raise EOFError
    return body


def _plain(packed: Iterator[bytes]) -> Iterator[bytes]:
    return packed


def _inflate(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Of gzip or zlib, no more than a piece at a time, however much is packed into one."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    for each in packed:
        piece = stream.decompress(each, CHUNK)
        while piece:
            yield piece
            piece = stream.decompress(stream.unconsumed_tail, CHUNK)
    if not stream.eof:
        raise EOFError


def _unreadable(host: str, reason: str) -> DoorError:
    return door_error(BAD_BODY, host=host, reason=reason)
