"""Pages kept for the next time: a host that says "not modified" need not send them again.

A page is a file of its own, in a folder that all processes of a machine share: a line of JSON about
it, then the body, compressed; as it was sent, if that was. Files appear whole or not at all, and
losing one costs a request. When a page was last confirmed is the time of its file.
"""

from __future__ import annotations

import logging
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import orjson

from core.http.bodies import IDENTITY, Body

log = logging.getLogger(__name__)

# A server that says "not modified" by mistake is believed no longer than this.
HARD_AGE = 7 * 86_400.0  # seconds since the page itself was sent
UNUSED_AGE = 30 * 86_400.0  # seconds since it was last confirmed
MOST_PACKED = 4 * 1024 * 1024  # bytes of one page
MOST_HEADERS = 16_384  # characters
MOST_VALIDATOR = 512  # characters
_FAST = 1  # zlib: pages are text, and time is dearer than space

_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_NOT_KEPT = frozenset({"set-cookie", "content-length", "content-encoding", "connection"})


@dataclass(frozen=True, slots=True)
class Page:
    """A body, which has exactly the size of its limit, where it was found after redirects, and when
    it was sent (seconds since 1970)."""

    final_url: str
    headers: Mapping[str, str]
    sent_at: float
    body: Body

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for it only if it has changed."""
        return {
            condition: self.headers[validator]
            for validator, condition in _VALIDATORS.items()
            if _is_sane(self.headers.get(validator, ""))
        }


class Pages:
    """The kept pages of a folder; of none without one. Thread-safe, and safe among processes."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def find(self, key: str) -> tuple[Page, float] | None:
        """A page, and how many seconds ago its host confirmed it. None if there is none, or it is
        older than `HARD_AGE`."""
        if self._folder is None:
            return None
        try:
            with self._path(key).open("rb") as file:
                page = _restored(orjson.loads(file.readline()), file.read())
                confirmed_at = os.fstat(file.fileno()).st_mtime
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, zlib.error) as error:
            log.warning("a kept page can't be read, and is fetched anew: %s", type(error).__name__)
            return None
        now = time.time()
        return (page, max(0.0, now - confirmed_at)) if now - page.sent_at < HARD_AGE else None

    def keep(self, key: str, final_url: str, headers: Mapping[str, str], body: Body) -> None:
        """Keep a page, if its host gave a means to ask whether it has changed."""
        kept = {name: value for name, value in headers.items() if name not in _NOT_KEPT}
        page = Page(final_url, kept, time.time(), body)
        if self._folder is None or not _is_worth_keeping(page):
            return
        about, packed = _stored(page)
        if len(packed) <= MOST_PACKED:
            self._write(self._path(key), orjson.dumps(about) + b"\n" + packed)

    def confirm(self, key: str) -> None:
        """Its host says that it has not changed."""
        if self._folder is not None:
            try:
                os.utime(self._path(key))
            except OSError as error:
                log.warning("a kept page can't be marked as confirmed: %s", error.strerror)

    def prune(self, most_bytes: int) -> int:
        """Forget pages long unused, and the oldest beyond a size; returns how many."""
        files = sorted(self._files(), key=lambda each: each[1].st_mtime, reverse=True)
        total, gone = 0, 0
        for path, about in files:
            total += about.st_size
            if total > most_bytes or time.time() - about.st_mtime > UNUSED_AGE:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self._folder.glob("??/*") if self._folder else ():
            try:
                yield path, path.stat()
            except FileNotFoundError:
                continue  # another process replaced it

    def _path(self, key: str) -> Path:
        digest = sha256(key.encode()).hexdigest()
        assert self._folder is not None  # noqa: S101 - callers have looked
        return self._folder / digest[:2] / digest[2:]

    def _write(self, path: Path, content: bytes) -> None:
        """A full disk costs requests, not answers."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(content)
            Path(file.name).replace(path)
        except OSError as error:
            log.warning("a page can't be kept: %s", error.strerror)


def _stored(page: Page) -> tuple[dict[str, Any], bytes]:
    """A page as what is known about it, for JSON, and its body, compressed."""
    body = page.body
    about = {
        "final_url": page.final_url,
        "headers": page.headers,
        "sent_at": page.sent_at,
        "encoding": body.encoding,
        "size": len(body.content),
        "digest": body.digest,
    }
    packed = zlib.compress(body.sent, _FAST) if body.encoding == IDENTITY else body.sent
    return about, packed


def _restored(about: dict[str, Any], packed: bytes) -> Page:
    """The page that `_stored()` took apart. Raises ValueError, TypeError, KeyError, zlib.error."""
    sent = zlib.decompress(packed) if about["encoding"] == IDENTITY else packed
    body = Body(sent, about["encoding"], limit=about["size"])
    if body.digest != about["digest"]:
        raise ValueError("the body is not the one that was stored")
    return Page(about["final_url"], about["headers"], about["sent_at"], body)


def _is_worth_keeping(page: Page) -> bool:
    forbidden = "no-store" in page.headers.get("cache-control", "").lower()
    short = sum(map(len, page.headers.values())) <= MOST_HEADERS
    return bool(page.conditions) and short and not forbidden


def _is_sane(validator: str) -> bool:
    """Whether it may go back into a header: a host may send anything, line breaks included."""
    return 0 < len(validator) <= MOST_VALIDATOR and validator.isascii() and validator.isprintable()
