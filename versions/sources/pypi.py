"""The package index of Python, or the mirror an operator configured.

One request to the simple API; a second one to the index's own JSON API only if the first does not
tell upload times. The URLs in recipes are known by the shape of their path, which all of the
index's hosts, past and present, and its mirrors share.
"""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name
from pypi_simple import (
    ACCEPT_JSON_PREFERRED,
    PYPI_SIMPLE_ENDPOINT,
    UnparsableFilenameError,
    parse_filename,
)

from core.http import Door
from core.outcomes import OutcomeError
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Upstream
from versions.sources.index_pages import IndexPage, read_json_api, read_simple, releases_on
from versions.sources.protocol import Fact
from versions.sources.reading import UNREADABLE, ask, reading, why
from versions.sources.shared import Shared

# Nightlies make the largest pages; 64 MB is several times the largest known.
MAX_BYTES = 64 * 1024 * 1024

# /packages/source/n/name/name-1.0.tar.gz, /packages/py3/n/name/name-1.0-py3-none-any.whl
_BY_NAME = re.compile(r"/packages/[A-Za-z0-9.]+/[^/]/(?P<project>[^/]+)/(?P<file>[^/]+)")
# /packages/aa/bb/<60 hexadecimal digits>/name-1.0.tar.gz
_BY_HASH = re.compile(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/(?P<file>[^/]+)")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?")


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
        remark = "" if page.tells_times else self._add_json(page, upstream, door)
        with reading(self.title, upstream.project):
            releases, skipped = releases_on(page, upstream.project, self.name)
        state = "" if page.serial is None else f"serial:{page.serial}"
        return Listing(self.name, upstream.url, releases, skipped, remark, state)

    def _simple(self, upstream: Upstream, door: Door) -> IndexPage:
        answer = ask(
            door,
            upstream.url,
            title=self.title,
            project=upstream.project,
            headers={"Accept": ACCEPT_JSON_PREFERRED},
            max_bytes=MAX_BYTES,
        )
        with reading(self.title, upstream.project):
            return read_simple(answer, upstream.project)

    def _add_json(self, page: IndexPage, upstream: Upstream, door: Door) -> str:
        """Add what the JSON API knows; the simple answer stands without it. Returns a remark."""
        try:
            answer = door.get(self.json_url(upstream.project), max_bytes=MAX_BYTES)
            page.add(read_json_api(answer.json(), page.base))
        except OutcomeError as error:
            return f"Upload times are unknown: {error.outcome.message}"
        except UNREADABLE as error:
            return (
                f"Upload times are unknown: the JSON API gave an unreadable answer: {why(error)}."
            )
        return ""

    def json_url(self, project: str, version: str = "") -> str:
        """The page of the index's own JSON API: of the project, or of one version of it."""
        page = f"{project}/{version}" if version else project
        return f"{self._endpoint.removesuffix('simple/')}pypi/{page}/json"


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
