"""Any web server that lists its folders: GNU, GNOME, KDE, x.org, Apache, kernel.org and the like.

The folder of the recipe's own file is read. Where the version or its series is in a folder's name
too, the folder above is read first, then the newest few of those in it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from urllib.parse import quote, unquote, urlsplit

from core.http import Door
from core.outcomes import OutcomeError
from versions.choosing.schemes import Scheme, is_prerelease, parse
from versions.outcomes import BAD_ANSWER, NO_LISTING
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.folders import SECONDS_EACH, FolderPage, above, key_of, read_folder
from versions.sources.protocol import Fact
from versions.sources.reading import is_name, web_host
from versions.sources.shared import Shared
from versions.sources.trails import Step, Trail, trail, version_in

MAX_REQUESTS = 8
_MAX_FOLDERS = 3  # of one series or version each; the newest may hold nothing yet
_SECONDS = 60.0
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
        found = trail_of(upstream)
        if found is None:
            raise NO_LISTING.error(host=upstream.lane, name="", url=upstream.url)
        walk = _Walk(found, door, shared)
        releases = walk.releases()
        if not releases:
            raise walk.failure or NO_LISTING.error(
                host=upstream.lane, name=found.name, url=upstream.url
            )
        state = " ".join(_state(found, walk, shared))
        return Listing(self.name, upstream.url, tuple(releases), remark=walk.remark, state=state)

    def still(self, state: str, upstream: Upstream, door: Door, shared: Shared) -> bool:
        found = trail_of(upstream)
        return found is not None and state == _word(_Walk(found, door, shared).top())


@dataclass(slots=True)
class _Walk:
    """One look-up on its way through the folders.

    `pages` are those that it read. `failure` is the first lasting one that it met; one that passes
    ends the look-up, lest an older version be taken for the newest.
    """

    trail: Trail
    door: Door
    shared: Shared
    failure: OutcomeError | None = None
    empty: list[str] = field(default_factory=list)
    pages: list[FolderPage] = field(default_factory=list)
    _left: int = MAX_REQUESTS
    _until: float = field(default_factory=lambda: time.monotonic() + _SECONDS)

    @property
    def remark(self) -> str:
        """What may hide a newer version: a folder that can't be read, or files under a new name."""
        told = [self.failure.outcome.message] if self.failure else []
        if self.empty:
            told.append(f"No file like {self.trail.name} is in {', '.join(self.empty)}.")
        return " ".join(told)

    def top(self) -> FolderPage:
        """The first page on the way."""
        if self._is_gnome:
            return self._page(self._cache_json)
        if self.trail.steps:
            return self._page(self.trail.origin + self.trail.steps[0].before)
        return self._page(self.trail.folder)

    @property
    def tells_by_its_top(self) -> bool:
        """Whether nothing can be new unless the first page has changed: it is all there is, or has
        a folder for each version, or folders with dates that hold the files themselves."""
        steps = self.trail.steps
        if not self.pages or len(steps) > 1:
            return False
        if not steps or self._is_gnome:
            return True
        folders = _newest_folders(self.pages[0], steps[0])
        dated = all(folder.date for folder in folders) and not self.trail.rest
        return bool(folders) and (steps[0].whole or dated)

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
        if self._is_gnome:
            yield from self._files(self._cache_json)

    @property
    def _is_gnome(self) -> bool:
        host = urlsplit(self.trail.origin).hostname or ""
        return len(self.trail.steps) == 1 and host.endswith(".gnome.org")

    @property
    def _cache_json(self) -> str:
        return f"{self.trail.origin}{self.trail.steps[0].before}cache.json"

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
        if step.whole and folder.version == step.series:
            yield self._of_folder(folder)  # that the recipe's own file is there is no news
            return
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

    def _page(self, url: str) -> FolderPage:
        """The links of a folder; none if it cannot be read, or is one too many."""
        seconds = min(SECONDS_EACH, self._until - time.monotonic())
        if not self._left or seconds <= 0:
            return FolderPage(url)
        self._left -= 1
        try:
            page = read_folder(url, self.door, self.shared, seconds)
            self.pages.append(page)
            return page
        except OutcomeError as error:
            if error.outcome.transient and error.outcome.code != BAD_ANSWER.code:
                raise
            self.failure = self.failure or error
            return FolderPage(url)


@dataclass(frozen=True, slots=True)
class _Folder:
    version: str
    url: str
    date: datetime | None


def _state(trail: Trail, walk: _Walk, shared: Shared) -> Iterator[str]:
    """The page that tells, and the date that the folder above gives it, if that is at hand."""
    if walk.tells_by_its_top:
        yield _word(walk.pages[0])
        if date := _date_above(trail, shared):
            yield date_word(date)


def _date_above(trail: Trail, shared: Shared) -> datetime | None:
    place = above(trail)
    page = shared.known(key_of(place.url)) if place else None
    return page.date_of(place.name) if place and isinstance(page, FolderPage) else None


def _word(page: FolderPage) -> str:
    return f"{DirectoryListing.name}:{page.digest[:16]}"


def trail_of(upstream: Upstream) -> Trail | None:
    return trail(upstream.found_in) if upstream.found_in else None


def date_word(date: datetime) -> str:
    return f"above:{date:%Y%m%d%H%M%S}"


def _newest_folders(page: FolderPage, step: Step) -> list[_Folder]:
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
