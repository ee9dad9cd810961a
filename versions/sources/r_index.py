"""The index of an R repository, `src/contrib/PACKAGES.gz`, in Debian's control format.

It names the current version of each package, and nothing else; what is missing there is archived,
or never was. One serves all lookups of a batch.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping

from core.http import Door
from versions.outcomes import BAD_ANSWER, PROJECT_ARCHIVED
from versions.sources.shared import FRESH, Shared

_MAX_BYTES = 16 * 1024 * 1024  # about 1 MB in 2026
_MAX_UNPACKED = 64 * 1024 * 1024  # about 9 MB in 2026

# The fields of a package, in any order, up to an empty line; longer fields continue indented.
_FIELD = re.compile(
    rb"^(?:(Package|Version):[ \t]*([!-~]{1,200})[ \t]*\r?|[ \t]*\r?)$", re.MULTILINE
)

Index = Mapping[str, tuple[str, ...]]


def versions_of(
    package: str, index_url: str, door: Door, shared: Shared, *, title: str
) -> tuple[str, ...]:
    """Raises `versions.project_archived` for a package that the index does not list."""
    index = shared.get(index_url, lambda: _fetch(index_url, door, title))
    versions = index.get(package.lower())
    if not versions:
        raise PROJECT_ARCHIVED.error(title=title, project=package)
    return versions


def read_index(body: bytes) -> Index:
    """Versions by lower-cased package name. Raises ValueError, or zlib.error, for other bodies."""
    versions: dict[str, list[str]] = defaultdict(list)
    fields: dict[bytes, str] = {}
    for match in _FIELD.finditer(_unpacked(body) + b"\n\n"):
        if match[1]:
            fields[match[1]] = match[2].decode("ascii")
        elif len(fields) == 2:
            versions[fields[b"Package"].lower()].append(fields[b"Version"])
            fields = {}
        else:
            fields = {}
    if not versions:
        raise ValueError("it lists no packages")
    return {name: tuple(dict.fromkeys(each)) for name, each in versions.items()}


def _fetch(url: str, door: Door, title: str) -> Index:
    # The workers of one machine share what one of them has just fetched.
    answer = door.get(url, deadline=60.0, max_bytes=_MAX_BYTES, fresh_for=FRESH)
    try:
        return read_index(answer.body)
    except (ValueError, zlib.error) as error:
        raise BAD_ANSWER.error(title=title, project="all of its packages", why=error) from error


def _unpacked(body: bytes) -> bytes:
    # Some mirrors declare the compression, and then the door has undone it.
    if body[:2] != b"\x1f\x8b":
        return body
    inflate = zlib.decompressobj(wbits=31)
    text = inflate.decompress(body, _MAX_UNPACKED)
    if inflate.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {_MAX_UNPACKED} bytes")
    if not inflate.eof:
        raise ValueError("it is cut short")
    return text
