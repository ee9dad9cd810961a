"""Reading the body of an answer: never more than a limit, neither on the wire nor unpacked.

The body is unpacked here, once it is whole: while urllib3 unpacks, it keeps reading what unpacks to
nothing, for which there is no limit, and takes half a gzip for a whole one.
"""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import suppress
from itertools import islice

from requests import Response
from urllib3.exceptions import HTTPError

from core.http.outcomes import BAD_BODY, TOO_LARGE, DoorError, door_error

ACCEPT_ENCODING = "gzip, deflate"
CHUNK = 65536  # bytes


def read_body(response: Response, *, limit: int, host: str) -> bytes:
    """The whole body, unpacked.

    Raises `DoorError` (`http.too_large`, `http.bad_body`) and `urllib3.exceptions.HTTPError`.
    """
    body = _unpacked(_received(response, limit, host), _encoding(response), limit + 1, host)
    if len(body) > limit:
        raise door_error(TOO_LARGE, host=host, limit=limit)
    return body


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
    return (response.headers.get("Content-Encoding") or "identity").strip().lower()


def _unpacked(packed: bytes, encoding: str, room: int, host: str) -> bytes:
    """The first `room` bytes of what was packed."""
    if not packed or encoding == "identity":
        return packed
    try:
        if encoding in {"gzip", "x-gzip"}:
            return gzip.GzipFile(fileobj=io.BytesIO(packed)).read(room)
        if encoding == "deflate":
            return _inflated(packed, room)
    except (OSError, EOFError, zlib.error):
        raise _unreadable(host, "its compression is broken") from None
    raise _unreadable(host, "its compression was not asked for")


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


def _unreadable(host: str, reason: str) -> DoorError:
    return door_error(BAD_BODY, host=host, reason=reason)
