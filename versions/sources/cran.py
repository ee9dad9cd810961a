"""CRAN, for R packages: one index serves all lookups of a batch.

`src/contrib/PACKAGES.gz` names the current version of each package, and nothing else; what is
missing there is archived, or never was.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlsplit

from core.http import Door
from versions.outcomes import BAD_ANSWER, PROJECT_ARCHIVED
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.schemes import Scheme
from versions.sources.shared import Shared

_INDEX = "https://cran.r-project.org/src/contrib/PACKAGES.gz"
_MAX_BYTES = 16 * 1024 * 1024  # about 1 MB in 2026
_MAX_UNPACKED = 64 * 1024 * 1024  # about 9 MB in 2026

_SHAPE = re.compile(
    r"(?P<root>.*)/src/contrib/(?:.+/)?"
    r"(?P<name>[A-Za-z][A-Za-z0-9.]{0,127})_(?P<version>[^/_]+)\.tar\.gz"
)
# The fields of a package, in any order, up to an empty line; longer fields continue indented.
_FIELD = re.compile(rb"^(?:(Package|Version):[ \t]*(\S+)[ \t]*\r?|[ \t]*\r?)$", re.MULTILINE)

Index = Mapping[str, tuple[str, ...]]


class Cran:
    name = "cran"
    title = "CRAN"
    scheme = Scheme.R
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        name = _package(url.rendered)
        if not name:
            return None
        page = f"https://cran.r-project.org/package={name}"
        return Upstream(self.name, name, page, lane="cran", artefact="sdist")

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        index = shared.get(_INDEX, lambda: _fetch(door))
        versions = index.get(upstream.project.lower())
        if not versions:
            raise PROJECT_ARCHIVED.error(title=self.title, project=upstream.project)
        releases = (Release(version, self.name, url=upstream.url) for version in versions)
        return Listing(self.name, upstream.url, tuple(releases))


def read_index(body: bytes) -> Index:
    """Versions by lower-cased package name. Raises ValueError, or zlib.error, for other bodies."""
    versions: dict[str, list[str]] = defaultdict(list)
    fields: dict[bytes, str] = {}
    for match in _FIELD.finditer(_unpacked(body) + b"\n\n"):
        if match[1]:
            fields[match[1]] = match[2].decode("ascii", "replace")
        elif len(fields) == 2:
            versions[fields[b"Package"].lower()].append(fields[b"Version"])
            fields = {}
        else:
            fields = {}
    if not versions:
        raise ValueError("it lists no packages")
    return {name: tuple(dict.fromkeys(each)) for name, each in versions.items()}


def _fetch(door: Door) -> Index:
    answer = door.get(_INDEX, deadline=60.0, max_bytes=_MAX_BYTES)
    try:
        return read_index(answer.body)
    except (ValueError, zlib.error) as error:
        raise BAD_ANSWER.error(title="CRAN", project="all of its packages", why=error) from error


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


def _package(url: str) -> str:
    """The package in a URL of CRAN or one of its mirrors, else ""."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    match = _SHAPE.fullmatch(parts.path)
    return match["name"] if match and _is_cran(host, match["root"]) else ""


def _is_cran(host: str, root: str) -> bool:
    """Bioconductor, R-universe and R-Forge share the shape of CRAN's paths, but are not mirrors."""
    return host.split(".")[0].startswith("cran") or "cran" in root.lower().split("/")
