"""The package index's list of all projects, as JSON (PEP 691), with what it adds to each: the
serial of its last change. It has some 30 MB, of which a few thousand entries are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import orjson
from packaging.utils import canonicalize_name

_BEGINNING = re.compile(rb'"projects"\s*:\s*\[')
_MOST_BEFORE = 65536  # bytes before the list
_MOST_ENTRY = 65536  # bytes
_BETWEEN = b" ,\t\r\n"


class NoSerials(ValueError):
    """The list is readable, but does not tell serials."""


def read_serials(pieces: Iterable[bytes], wanted: Collection[str]) -> dict[str, int]:
    """Serials by canonical name, of those wanted (a set), in memory for these alone.

    Raises NoSerials, or ValueError for what is no list of projects.
    """
    serials: dict[str, int] = {}
    for each in _projects(iter(pieces)):
        try:
            name, serial = each["name"], each["_last-serial"]
        except (KeyError, TypeError):
            raise NoSerials("it tells no serials") from None
        if name not in wanted:
            if name.islower() and "_" not in name and "." not in name:
                continue
            name = canonicalize_name(name)
        if name in wanted:
            serials[name] = int(serial)
    return serials


def _projects(pieces: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of the list, which are flat: none holds a brace or a bracket of its own."""
    rest = _from_beginning(pieces)
    while (end := rest.find(b"]")) < 0:
        whole = rest.rfind(b"}") + 1
        yield from _entries(rest[:whole])
        rest = rest[whole:]
        if len(rest) > _MOST_ENTRY:
            raise ValueError("it has an entry that does not end")
        piece = next(pieces, None)
        if piece is None:
            raise ValueError("it is cut short")
        rest += piece
    yield from _entries(rest[:end])
    for _ in pieces:
        pass  # so that the connection can serve again


def _from_beginning(pieces: Iterator[bytes]) -> bytes:
    before = b""
    for piece in pieces:
        before += piece
        if match := _BEGINNING.search(before):
            return before[match.end() :]
        if before.lstrip().startswith(b"<"):
            raise NoSerials("it is HTML")
        if len(before) > _MOST_BEFORE:
            break
    raise ValueError("it is no list of projects")


def _entries(text: bytes) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = orjson.loads(b"[" + text.strip(_BETWEEN) + b"]")
    return entries
