"""What the package index says of a project, in any of its forms: the simple API as JSON (PEP 691,
700) or HTML (PEP 503), and the index's own JSON API."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict
from urllib.parse import unquote, urljoin

import msgspec
import regex
from packaging.utils import canonicalize_name
from pypi_simple import UnparsableFilenameError, parse_filename

from core.http import Response
from versions.choosing.schemes import Scheme, normalise
from versions.releases import Release
from versions.sources.reading import moment

_KINDS_OF_HTML = ("", "text/html", "application/vnd.pypi.simple.v1+html")
# File systems take no longer names, and the time that `parse_filename()` needs grows by the square.
_LONGEST_NAME = 255
_WEB = ("http://", "https://")
_PLAIN_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc|\.dev|\.post)[0-9]+)?")

# Parsers of HTML need minutes for some 60 kB that were written to hurt them; this has a time limit.
_TAG = regex.compile(  # type: ignore[no-untyped-call]
    r"""<!--(?:.*?-->|.*) | <(a|base|meta)(?=[\s>])((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>([^<]*+)""",
    regex.DOTALL | regex.IGNORECASE | regex.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?|"[^"]*"|'[^']*'"""
)
_SECONDS = 2.0
# PEP 714, and the name that PEP 658 had for it
_METADATA = frozenset({"data-core-metadata", "data-dist-info-metadata"})


# What is known of a file, in the form of PEP 691: of its keys "url", which may be relative,
# "upload-time", "yanked", "hashes" and "core-metadata" matter. Nothing says that any of them is of
# the right type.
File = Mapping[str, Any]

# What tells of versions; to read the rest of a file, its hashes most of all, takes as long again.
_OfVersions = TypedDict(
    "_OfVersions", {"filename": Any, "url": Any, "upload-time": Any, "yanked": Any}, total=False
)


class _PageOfVersions(TypedDict, total=False):
    meta: Any
    versions: Any
    files: list[_OfVersions]


_of_versions = msgspec.json.Decoder(_PageOfVersions)


@dataclass(slots=True)
class IndexPage:
    """Files by name, and versions, of which some may have no files; `base` is what relative URLs of
    files are relative to, `serial` the number of the project's last change, if it is told. Raises
    ValueError for files whose names are no text."""

    base: str
    files: dict[str, File] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    serial: int | None = None

    def __post_init__(self) -> None:
        if not all(isinstance(name, str) for name in self.files):
            raise ValueError("the name of a file is no text")

    @property
    def tells_times(self) -> bool:
        return all(file.get("upload-time") for file in self.files.values())

    def add(self, other: IndexPage) -> None:
        """What `other` says of a file replaces what this says."""
        self.files |= other.files
        self.versions |= other.versions


def read_simple(answer: Response, project: str, *, in_full: bool = False) -> IndexPage:
    """The page of a project, by its canonical name, of the simple API. Unless `in_full`, JSON comes
    without hashes and metadata of its files. Raises ValueError or another of `UNREADABLE`, and the
    `DoorError` of a body that is no JSON."""
    kind = answer.content_type
    if kind.endswith("json") or answer.body[:1] == b"{":
        data = answer.json() if in_full else _told_of_versions(answer)
        return _read_json(data, answer.final_url)
    if kind not in _KINDS_OF_HTML:
        raise ValueError(f"the content type {kind[:80]} is neither JSON nor HTML")
    return _read_html(answer.text(), answer.final_url, project)


def read_json_api(data: Mapping[str, Any], base: str) -> IndexPage:
    """A project's page of the index's own JSON API. Raises one of `UNREADABLE`."""
    files: dict[str, File] = {
        each["filename"]: {
            "url": each["url"],
            "upload-time": each.get("upload_time_iso_8601") or each.get("upload_time"),
            "yanked": bool(each.get("yanked", False)),
        }
        for of_version in data["releases"].values()
        for each in of_version
    }
    return IndexPage(base, files, set(data["releases"]))


def _told_of_versions(answer: Response) -> Any:
    """What has another shape than this expects is read as any other JSON."""
    with suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _of_versions.decode(answer.body)
    return answer.json()


def _read_json(data: Mapping[str, Any], base: str) -> IndexPage:
    meta = data["meta"]
    _check_version(str(meta["api-version"]))
    files = {each["filename"]: each for each in data["files"]}
    versions = set(_texts(data.get("versions") or ()))
    serial = meta.get("_last-serial")
    return IndexPage(base, files, versions, serial if isinstance(serial, int) else None)


def _read_html(text: str, base: str, project: str) -> IndexPage:
    page = IndexPage(base)
    for tag, attributes, content in _tags(text):
        if tag == "base":
            page.base = urljoin(base, attributes.get("href", ""))
        elif attributes.get("name") == "pypi:repository-version":
            _check_version(attributes.get("content", ""))
        elif tag == "a" and "href" in attributes:
            url, _, digest = attributes["href"].partition("#")
            name = html.unescape(content).strip() or unquote(url.rpartition("/")[2])
            page.files[name] = {
                "url": url,
                "yanked": "data-yanked" in attributes,
                "hashes": dict([digest.split("=", 1)]) if "=" in digest else {},
                "core-metadata": not _METADATA.isdisjoint(attributes),
            }
    start = text[:4096].lower()
    says_so = "pypi:repository-version" in start or "links for" in start
    if not says_so and not any(_version_and_kind(name, project)[0] for name in page.files):
        raise ValueError("it is not a page of the simple API")
    return page


def _tags(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """(name, attributes, the text that follows) of each tag that matters. Raises ValueError."""
    try:
        found = [match for match in _TAG.finditer(text, timeout=_SECONDS) if match[1]]
    except TimeoutError:
        raise ValueError("reading it takes too long") from None
    for match in found:
        attributes = {
            each[1].lower(): html.unescape(each[2] or each[3] or each[4] or "")
            for each in _ATTRIBUTE.finditer(match[2])
            if each[1]
        }
        yield match[1].lower(), attributes, match[3]


def _check_version(text: str) -> None:
    """PEP 629: a client gives up at a greater number before the dot than the one it knows."""
    if text.partition(".")[0] != "1":
        raise ValueError("it speaks a newer form of the simple API than 1.x")


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


# From files to releases


class _Canonical(dict[str, str | None]):
    """The canonical spelling of a version, worked out once for its many files."""

    def __missing__(self, text: str) -> str | None:
        version = self[text] = normalise(text, Scheme.PEP440)
        return version


def releases_on(page: IndexPage, project: str, source: str) -> tuple[tuple[Release, ...], int]:
    """The releases of a page, and how many of its files no version can be read from. `project` is
    the canonical name; `source` goes into the releases. Raises one of `UNREADABLE`."""
    canonical = _Canonical()
    found: dict[str, list[tuple[str, File]]] = defaultdict(list)
    skipped = 0
    for name, file in page.files.items():
        text, kind = _version_and_kind(name, project)
        if (version := canonical[text]) is None:
            skipped += 1
        else:
            found[version].append((kind, file))
    for text in page.versions:
        if (version := canonical[text]) is not None:
            found[version] += []
    return tuple(_release(version, found[version], page.base, source) for version in found), skipped


_canonical = lru_cache(maxsize=256)(canonicalize_name)  # a page spells its project in few ways


def _version_and_kind(name: str, project: str) -> tuple[str, str]:
    """What a file name says; ("", "") for one that says nothing."""
    if len(name) > _LONGEST_NAME:
        return "", ""
    # Nearly all names are of these two forms, and a large page has thousands.
    if name.endswith(".whl"):
        plain = 4 <= name.count("-") <= 5
        return (name.split("-", 2)[1].replace("_", "-"), "wheel") if plain else ("", "")
    if name.endswith(".tar.gz"):
        head, _, version = name.removesuffix(".tar.gz").rpartition("-")
        if _PLAIN_VERSION.fullmatch(version) and _canonical(head) == project:
            return version, "sdist"
    try:
        _, version, kind = parse_filename(name, project)
    except UnparsableFilenameError:
        return "", ""
    return version, kind


def _release(version: str, files: list[tuple[str, File]], base: str, source: str) -> Release:
    sdists = [file for kind, file in files if kind == "sdist"]
    best = sdists or [file for _, file in files]
    times = _texts([file.get("upload-time") for _, file in files])
    return Release(
        version=version,
        source=source,
        url=_absolute(base, min(_texts([file["url"] for file in best]), default="")),
        released_at=_first_moment(times),
        # pip too passes over a release only when all of it is withdrawn. The reason may stand in
        # place of `true`, and an empty reason is one too (PEP 691).
        yanked=bool(files) and all(file.get("yanked", False) is not False for _, file in files),
        artefacts=frozenset([kind for kind, _ in files]),
        artefacts_known=True,
    )


def _first_moment(times: list[str]) -> datetime | None:
    """An index writes all times in one form (PEP 700), in which the earliest sorts first."""
    if not times:
        return None
    return moment(min(times)) or next(filter(None, map(moment, sorted(times))), None)


def _absolute(base: str, url: str) -> str:
    """A URL that may be stored and shown; "" for anything else that stands in its place."""
    try:
        whole = url.startswith(_WEB) or not url
        absolute = url if whole else urljoin(base, url)
    except ValueError:
        return ""
    return absolute if absolute.startswith(_WEB) and absolute.isprintable() else ""
