"""Any web server that lists its folders: GNU, GNOME, KDE, x.org, Apache, kernel.org and the like.

The folder of the recipe's own file is read. Where the version or its series is in a folder's name
too, the folder above is read first, then the newest few of those in it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from urllib.parse import quote, unquote, urlsplit

from core.http import Door
from core.outcomes import OutcomeError
from versions.outcomes import BAD_ANSWER, NO_LISTING
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.schemes import Scheme, is_prerelease, parse
from versions.sources.html_links import Link, absolute, links
from versions.sources.protocol import Fact
from versions.sources.reading import UNREADABLE, is_name, web_host
from versions.sources.shared import Shared
from versions.sources.trails import Step, Trail, trail, version_in

MAX_REQUESTS = 8
_MAX_FOLDERS = 3  # of one series or version each; the newest may hold nothing yet
_SECONDS = 60.0
_SECONDS_EACH = 20.0
_MAX_BYTES = 8 * 1024 * 1024
_MAX_RELEASES = 5000
_GNU_MIRRORS = "ftpmirror.gnu.org"


class DirectoryListing:
    name = "listing"
    title = "The directory listing"
    urls = "Any URL with the version in its path that no other source claims; `ftp:` as `https:`"
    asks = f"The folder of the file, or those above it and the newest in them: at most \
{MAX_REQUESTS}. GNOME: its `cache.json`"
    bulk = True
    knows = frozenset({Fact.DATE})
    scheme = Scheme.GENERIC
    curated = False

    def claims(self, url: RecipeUrl) -> Upstream | None:
        url = _settled(url)
        found = trail(url)
        if found is None or url.parts is None:
            return None
        host = web_host(url)
        project = f"{host}{url.parts.path}"
        return Upstream(self.name, project, found.folder, lane=host, found_in=url)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        found = trail(upstream.found_in) if upstream.found_in else None
        if found is None:
            raise NO_LISTING.error(host=upstream.lane, name="", url=upstream.url)
        walk = _Walk(found, door, shared)
        releases = walk.releases()
        if not releases:
            raise walk.failure or NO_LISTING.error(
                host=upstream.lane, name=found.name, url=upstream.url
            )
        return Listing(self.name, upstream.url, tuple(releases), remark=walk.remark)


@dataclass(slots=True)
class _Walk:
    """One look-up on its way through the folders.

    `failure` is the first lasting one that it met; one that passes ends the look-up, lest an older
    version be taken for the newest.
    """

    trail: Trail
    door: Door
    shared: Shared
    failure: OutcomeError | None = None
    empty: list[str] = field(default_factory=list)
    _left: int = MAX_REQUESTS
    _until: float = field(default_factory=lambda: time.monotonic() + _SECONDS)

    @property
    def remark(self) -> str:
        """What may hide a newer version: a folder that can't be read, or files under a new name."""
        told = [self.failure.outcome.message] if self.failure else []
        if self.empty:
            told.append(f"No file like {self.trail.name} is in {', '.join(self.empty)}.")
        return " ".join(told)

    def releases(self) -> list[Release]:
        """What the first way that finds anything has found, each version once."""
        for way in (self._gnome, self._from_above, self._from_own_folder):
            found: dict[str, Release] = {}
            for release in islice(way(), _MAX_RELEASES):
                known = found.get(release.version)
                if known is None or _better(release, known, self.trail.ending):
                    found[release.version] = release
            if found:
                return list(found.values())
        return []

    def _gnome(self) -> Iterator[Release]:
        """GNOME keeps the files of all series of a module in one document."""
        steps = self.trail.steps
        host = urlsplit(self.trail.origin).hostname or ""
        if len(steps) == 1 and host.endswith(".gnome.org"):
            yield from self._files(f"{self.trail.origin}{steps[0].before}cache.json")

    def _from_above(self) -> Iterator[Release]:
        if self.trail.steps:
            yield from self._descend(self.trail.origin, self.trail.steps)

    def _from_own_folder(self) -> Iterator[Release]:
        yield from self._files(self.trail.folder)

    def _descend(self, above: str, steps: tuple[Step, ...]) -> Iterator[Release]:
        step, *further = steps
        folders = _newest_folders(self._page(above + step.before), step)
        if step.whole and self.trail.file is None:
            yield from (self._of_folder(folder) for folder in folders)
            return
        for folder in folders[:_MAX_FOLDERS]:
            if further:
                yield from self._descend(folder.url, tuple(further))
            else:
                yield from self._in_folder(folder, step)

    def _in_folder(self, folder: _Folder, step: Step) -> Iterator[Release]:
        found = list(self._files(folder.url + self.trail.rest))
        if not found and self._left and folder.version != step.series:
            self.empty.append(folder.url)
        yield from found

    def _of_folder(self, folder: _Folder) -> Release:
        url = folder.url + self.trail.rest + quote(self.trail.name)
        return Release(folder.version, DirectoryListing.name, url=url, released_at=folder.date)

    def _files(self, url: str) -> Iterator[Release]:
        file = self.trail.file
        if file is None:
            return
        for link in self._page(url).links:
            name = unquote(urlsplit(link.url).path.rpartition("/")[2])
            version = file.version_of(name)
            if is_name(version):
                yield Release(version, DirectoryListing.name, url=link.url, released_at=link.date)

    def _page(self, url: str) -> _Page:
        """The links of a folder; none if it cannot be read, or is one too many."""
        seconds = min(_SECONDS_EACH, self._until - time.monotonic())
        if not self._left or seconds <= 0:
            return _Page(url)
        self._left -= 1
        try:
            return self.shared.get(f"listing {url}", lambda: _read(url, self.door, seconds))
        except OutcomeError as error:
            if error.outcome.transient and error.outcome.code != BAD_ANSWER.code:
                raise
            self.failure = self.failure or error
            return _Page(url)


@dataclass(frozen=True, slots=True)
class _Page:
    url: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class _Folder:
    version: str
    url: str
    date: datetime | None


def _newest_folders(page: _Page, step: Step) -> list[_Folder]:
    """The folders named like this step and not older, final ones first, then by version."""
    oldest = parse(step.series)
    base = page.url.rpartition("/")[0] + "/"
    folders: dict[str, _Folder] = {}
    for link in page.links:
        name, slash, below = unquote(link.url.removeprefix(base)).partition("/")
        version = version_in(step.pattern, name) if slash and not below else None
        if version and (order := parse(version)) and (oldest is None or order >= oldest):
            folders.setdefault(version, _Folder(version, link.url, link.date))
    return sorted(folders.values(), key=_rank, reverse=True)


def _rank(folder: _Folder) -> tuple[bool, object]:
    return not is_prerelease(folder.version, Scheme.GENERIC), parse(folder.version)


def _better(release: Release, known: Release, ending: str) -> bool:
    """The recipe's own ending is better than another; then a link that comes with a date."""

    def merit(each: Release) -> tuple[bool, bool]:
        return each.url.endswith(ending), each.released_at is not None

    return merit(release) > merit(known)


def _read(url: str, door: Door, seconds: float) -> _Page:
    answer = door.get(url, deadline=seconds, max_bytes=_MAX_BYTES)
    base = answer.final_url
    try:
        if answer.content_type.endswith("json"):
            return _Page(base, tuple(_strings(json.loads(answer.body), base)))
        return _Page(base, tuple(links(answer.text(), base)))
    except (*UNREADABLE, TimeoutError) as error:
        why = "it is no list of files"
        raise BAD_ANSWER.error(title=urlsplit(url).netloc, project=url, why=why) from error


def _strings(document: object, base: str) -> Iterator[Link]:
    """The strings of a JSON document as links: GNOME's cache.json, and the listings of nginx."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and (url := absolute(each, base)):
            yield Link(url)
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _settled(url: RecipeUrl) -> RecipeUrl:
    """Where the same files are listed better.

    ftpmirror.gnu.org leads each request to another mirror, of which some lag behind; most hosts
    that still serve FTP, which is not spoken here, serve the same folders on the web.
    """
    parts = url.parts
    if parts is not None and parts.scheme == "ftp":
        return replace(url, rendered=parts._replace(scheme="https").geturl())
    if parts is None or web_host(url) != _GNU_MIRRORS:
        return url
    path = parts.path if parts.path.startswith("/gnu/") else f"/gnu{parts.path}"
    return replace(url, rendered=f"https://ftp.gnu.org{path}")
