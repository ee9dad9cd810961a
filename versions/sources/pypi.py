"""The package index of Python, or the mirror an operator configured.

One request to the simple API (PEP 503, 691, 700); a second one to the index's own JSON API only
if the first does not tell upload times. The URLs in recipes are known by the shape of their path,
which all of the index's hosts, past and present, and its mirrors share.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from packaging.utils import canonicalize_name
from pypi_simple import (
    ACCEPT_JSON_PREFERRED,
    PYPI_SIMPLE_ENDPOINT,
    UnparsableFilenameError,
    UnsupportedRepoVersionError,
    parse_filename,
    parse_links_stream,
)

from core.http import Door, DoorError, Response
from core.outcomes import OutcomeError
from versions.outcomes import BAD_ANSWER, PROJECT_NOT_FOUND
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.schemes import Scheme, normalise
from versions.sources.protocol import Fact
from versions.sources.reading import UNREADABLE, moment, why
from versions.sources.shared import Shared

_UNREADABLE = (*UNREADABLE, UnsupportedRepoVersionError)
# File systems take no longer names, and the time that `parse_filename()` needs grows by the square.
_LONGEST_NAME = 255
# Nightlies make the largest pages; 64 MB is several times the largest known.
_MAX_BYTES = 64 * 1024 * 1024

# /packages/source/n/name/name-1.0.tar.gz, /packages/py3/n/name/name-1.0-py3-none-any.whl
_BY_NAME = re.compile(r"/packages/[A-Za-z0-9.]+/[^/]/(?P<project>[^/]+)/(?P<file>[^/]+)")
# /packages/aa/bb/<60 hexadecimal digits>/name-1.0.tar.gz
_BY_HASH = re.compile(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/(?P<file>[^/]+)")
_PLAIN_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc|\.dev|\.post)[0-9]+)?")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class _File:
    version: str
    kind: str
    url: object
    uploaded_at: datetime | None
    yanked: bool


@dataclass(slots=True)
class _Page:
    """What the index says: files by name, and versions, of which some may have no files.

    `base` is what relative URLs of files are relative to.
    """

    base: str
    files: dict[str, _File] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    skipped: int = 0
    _canonical: dict[str, str | None] = field(default_factory=dict)

    @property
    def tells_times(self) -> bool:
        return all(file.uploaded_at for file in self.files.values())

    def canonical(self, raw: str) -> str | None:
        """The canonical spelling, worked out once for the many files of a version."""
        if raw not in self._canonical:
            self._canonical[raw] = normalise(raw, Scheme.PEP440)
        return self._canonical[raw]


class PackageIndex:
    name = "pypi"
    title = "The package index"
    urls = "`.../packages/source/N/NAME/FILE` and `.../packages/AA/BB/HASH/FILE`, on any host"
    asks = "The project's page of the simple API; its JSON page only if that lacks upload times"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.YANKED, Fact.ARTEFACTS})
    scheme = Scheme.PEP440
    curated = True

    def __init__(self, endpoint: str = PYPI_SIMPLE_ENDPOINT) -> None:
        self._endpoint = endpoint.rstrip("/") + "/"

    def claims(self, url: RecipeUrl) -> Upstream | None:
        project, file = _project_and_file(url)
        if not _NAME.fullmatch(project):
            return None
        canonical = canonicalize_name(project)
        page = f"{self._endpoint}{canonical}/"
        artefact = "wheel" if file.endswith(".whl") else "sdist"
        return Upstream(self.name, canonical, page, lane="index", artefact=artefact)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        page = self._simple(upstream, door)
        remark = ""
        if not page.tells_times:
            remark = self._add_json(page, upstream, door)
        releases = tuple(_releases(page))
        return Listing(self.name, upstream.url, releases, page.skipped, remark)

    def _simple(self, upstream: Upstream, door: Door) -> _Page:
        try:
            answer = door.get(
                upstream.url, headers={"Accept": ACCEPT_JSON_PREFERRED}, max_bytes=_MAX_BYTES
            )
        except DoorError as error:
            if error.status in (404, 410):
                raise self._not_found(upstream) from error
            raise
        try:
            return read_simple(answer, upstream.project)
        except _UNREADABLE as error:
            raise self._bad_answer(upstream, error) from error

    def _add_json(self, page: _Page, upstream: Upstream, door: Door) -> str:
        """Add what the JSON API knows; the simple answer stands without it. Returns a remark."""
        try:
            answer = door.get(self._json_url(upstream.project), max_bytes=_MAX_BYTES)
            add_json_api(page, answer.json(), upstream.project)
        except OutcomeError as error:
            return f"Upload times are unknown: {error.outcome.message}"
        except _UNREADABLE as error:
            return (
                f"Upload times are unknown: the JSON API gave an unreadable answer: {why(error)}."
            )
        return ""

    def _json_url(self, project: str) -> str:
        return f"{self._endpoint.removesuffix('simple/')}pypi/{project}/json"

    def _not_found(self, upstream: Upstream) -> OutcomeError:
        return PROJECT_NOT_FOUND.error(title=self.title, project=upstream.project)

    def _bad_answer(self, upstream: Upstream, error: Exception) -> OutcomeError:
        return BAD_ANSWER.error(title=self.title, project=upstream.project, why=why(error))


def _project_and_file(url: RecipeUrl) -> tuple[str, str]:
    """The project and file of a URL on any host of the index; ("", "") for other URLs."""
    parts = url.parts
    if parts is None or parts.scheme not in ("http", "https"):
        return "", ""
    if (parts.hostname or "").startswith("test."):
        return "", ""
    if match := _BY_HASH.fullmatch(parts.path):
        return _project_of_file(match["file"]), match["file"]
    if match := _BY_NAME.fullmatch(parts.path):
        return match["project"], match["file"]
    return "", ""


def _project_of_file(filename: str) -> str:
    try:
        return parse_filename(filename)[0]
    except UnparsableFilenameError:
        return ""


def read_simple(answer: Response, project: str) -> _Page:
    """A project page of the simple API, as JSON or HTML. Raises one of `_UNREADABLE`."""
    kind = answer.content_type
    if kind.endswith("json") or answer.body[:1] == b"{":
        return _read_json(json.loads(answer.body), answer.final_url, project)
    if kind not in ("", "text/html", "application/vnd.pypi.simple.v1+html"):
        raise ValueError(f"the content type {kind[:80]} is neither JSON nor HTML")
    return _read_html(answer.body, answer.final_url, project)


def add_json_api(page: _Page, data: Mapping[str, Any], project: str) -> None:
    """Add what the index's own JSON API knows of each file. Raises one of `_UNREADABLE`."""
    for version, files in data["releases"].items():
        page.versions.add(version)
        for each in files:
            when = each.get("upload_time_iso_8601") or each.get("upload_time")
            yanked = bool(each.get("yanked", False))
            _add_file(page, project, each["filename"], each["url"], moment(when), yanked)


def _read_json(data: Mapping[str, Any], base: str, project: str) -> _Page:
    if str(data["meta"]["api-version"]).partition(".")[0] != "1":
        raise ValueError("it speaks a newer form of the simple API than 1.x")
    page = _Page(base, versions={v for v in data.get("versions") or () if isinstance(v, str)})
    for each in data["files"]:
        when = moment(each.get("upload-time"))
        # The reason stands in place of `true`, and an empty reason is one too (PEP 691).
        yanked = each.get("yanked", False) is not False
        _add_file(page, project, each["filename"], each["url"], when, yanked)
    return page


def _read_html(body: bytes, base: str, project: str) -> _Page:
    page = _Page(base)
    for link in parse_links_stream([body], http_charset="utf-8"):
        url = link.url.partition("#")[0]
        _add_file(page, project, link.text, url, None, "data-yanked" in link.attrs)
    start = body[:4096].lower()
    if not page.files and b"pypi:repository-version" not in start and b"links for" not in start:
        raise ValueError("it is not a page of the simple API")
    return page


def _add_file(
    page: _Page, project: str, name: str, url: object, uploaded_at: datetime | None, yanked: bool
) -> None:
    raw, kind = _version_and_kind(name, project)
    version = page.canonical(raw)
    if version is None:
        page.skipped += 1
    else:
        page.files[name] = _File(version, kind, url, uploaded_at, yanked)


def _version_and_kind(name: str, project: str) -> tuple[str, str]:
    """What a file name says; ("", "") for one that says nothing."""
    if len(name) > _LONGEST_NAME:
        return "", ""
    # Nearly all names are of these two forms, and a large page has thousands.
    if name.endswith(".whl"):
        parts = name.split("-")
        return (parts[1].replace("_", "-"), "wheel") if len(parts) in (5, 6) else ("", "")
    if name.endswith(".tar.gz"):
        head, _, version = name.removesuffix(".tar.gz").rpartition("-")
        if _PLAIN_VERSION.fullmatch(version) and canonicalize_name(head) == project:
            return version, "sdist"
    try:
        _, version, kind = parse_filename(name, project)
    except UnparsableFilenameError:
        return "", ""
    return version, kind


def _releases(page: _Page) -> Iterator[Release]:
    by_version: dict[str, list[_File]] = defaultdict(list)
    for file in page.files.values():
        by_version[file.version].append(file)
    for raw in page.versions:
        if (version := page.canonical(raw)) is not None:
            by_version[version] += []
    for version, files in by_version.items():
        yield _release(version, files, page.base)


def _release(version: str, files: list[_File], base: str) -> Release:
    first = min(files, key=lambda file: (file.kind != "sdist", str(file.url)), default=None)
    return Release(
        version=version,
        source=PackageIndex.name,
        url=_absolute(base, first.url) if first else "",
        released_at=min((f.uploaded_at for f in files if f.uploaded_at), default=None),
        # pip too passes over a release only when all of it is withdrawn.
        yanked=bool(files) and all(file.yanked for file in files),
        artefacts=frozenset(file.kind for file in files),
        artefacts_known=True,
    )


def _absolute(base: str, url: object) -> str:
    """A URL that may be stored and shown; "" for anything else that stands in its place."""
    try:
        absolute = urljoin(base, url) if isinstance(url, str) and url.isprintable() else ""
    except ValueError:
        return ""
    return absolute if absolute.startswith(("http://", "https://")) else ""
