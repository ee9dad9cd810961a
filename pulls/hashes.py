"""The hashes of files that a recipe would download: told by the package index, or computed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_JSON_PREFERRED, UnparsableFilenameError, parse_filename

from core.http import Door
from core.outcomes import OutcomeError
from pulls.editing import Digests
from pulls.editing.model import HASH_LENGTHS
from versions.releases import RecipeUrl
from versions.sources.index_pages import File, IndexPage, read_simple
from versions.sources.pypi import PackageIndex
from versions.sources.reading import UNREADABLE

MOST_BYTES = 1 << 30
SECONDS = 120.0
PAGE_BYTES = 64 * 1024 * 1024
MOST_PLACES = 6  # that are asked for one file

_NOT_THERE = frozenset({"http.not_found", "http.gone"})
_ARCHIVE = re.compile(r"\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$")
_TAGGED = re.compile(r"/archive/(?P<refs>refs/tags/)?(?P<v>v?)(?P<rest>[^/]+)$")


class Hashes:
    """A `HashResolver` that asks the network through a door; pages of the index are kept, so use
    one for few recipes."""

    def __init__(self, door: Door, index_endpoint: str) -> None:
        self._door = door
        self._index = PackageIndex(index_endpoint)
        self._pages: dict[str, IndexPage | None] = {}

    def __call__(self, url: str, _algorithms: frozenset[str]) -> Digests:
        """The digests of the file at `url`, or at a place to which it has moved: files of the
        index by the sha256 that the index publishes, others downloaded, but not kept.

        Raises OutcomeError: the first place's reason why there is no file.
        """
        if published := self._published(url):
            return published
        places = [url, *moved(url)][:MOST_PLACES]
        reason: OutcomeError | None = None
        for place in places:
            try:
                digests = self._downloaded(place)
            except OutcomeError as error:
                reason = reason or error
                if error.outcome.code not in _NOT_THERE:
                    raise reason from None
            else:
                return digests if place == url else _at(digests, place)
        raise reason or RuntimeError("no place was asked")

    def _published(self, url: str) -> Digests | None:
        upstream = self._index.claims(RecipeUrl(url))
        if upstream is None:
            return None
        page = self._page(upstream.url, upstream.project)
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        found = _file_of(page, name, upstream.project) if page else None
        if page is None or found is None:
            return None
        file_name, file = found
        sha256 = _sha256(file)
        if not sha256:
            return None
        if re.search(r"/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/", url):
            return Digests(sha256=sha256, url=urljoin(page.base, str(file.get("url", ""))))
        return Digests(
            sha256=sha256,
            url="" if file_name == name else url.rpartition("/")[0] + "/" + file_name,
        )

    def _page(self, url: str, project: str) -> IndexPage | None:
        if url not in self._pages:
            try:
                answer = self._door.get(
                    url, headers={"Accept": ACCEPT_JSON_PREFERRED}, max_bytes=PAGE_BYTES
                )
                self._pages[url] = read_simple(answer, project)
            except (OutcomeError, *UNREADABLE):
                self._pages[url] = None  # the file itself tells, too
        return self._pages[url]

    def _downloaded(self, url: str) -> Digests:
        hexadecimal: dict[str, str] = {}
        self._door.stream(
            url,
            _into(hexadecimal),
            headers={"Accept-Encoding": "identity"},  # the hash is that of the file as it is kept
            deadline=SECONDS,
            max_bytes=MOST_BYTES,
        )
        return Digests(**hexadecimal)


def _into(hexadecimal: dict[str, str]) -> Callable[[Iterator[bytes]], None]:
    def read(pieces: Iterator[bytes]) -> None:
        made = {each: hashlib.new(each, usedforsecurity=False) for each in HASH_LENGTHS}
        for piece in pieces:
            for digest in made.values():
                digest.update(piece)
        hexadecimal.update({each: digest.hexdigest() for each, digest in made.items()})

    return read


def _at(digests: Digests, url: str) -> Digests:
    return Digests(digests.sha256, digests.md5, digests.sha1, url)


def _sha256(file: File) -> str:
    hashes = file.get("hashes")
    found = hashes.get("sha256") if isinstance(hashes, dict) else None
    return found if isinstance(found, str) and re.fullmatch("[0-9a-f]{64}", found) else ""


def _file_of(page: IndexPage, name: str, project: str) -> tuple[str, File] | None:
    """The file of this name, or the one that differs by how the project or version is spelled, as
    since PEP 625 those of a source distribution are."""
    if name in page.files:
        return name, page.files[name]
    wanted = _meaning(name, project)
    if wanted is None:
        return None
    same = (each for each in page.files.items() if _meaning(each[0], project) == wanted)
    return next(same, None)


def _meaning(name: str, project: str) -> tuple[Version, str] | None:
    """Version and kind of a file of the project; wheels are told apart by their tags."""
    if len(name) > 255:
        return None
    try:
        of, version, kind = parse_filename(name, project)
        if kind == "wheel":
            kind = name.partition("-")[2].partition("-")[2]
        return (Version(version), kind) if canonicalize_name(of) == project else None
    except (UnparsableFilenameError, InvalidVersion):
        return None


def moved(url: str) -> list[str]:
    """Where a file may be found that isn't at this URL: the tag with or without its `v`, as forges
    name archives now, and another kind of archive."""
    places = []
    if tagged := _TAGGED.search(url):
        other = "" if tagged["v"] else "v"
        start = url[: tagged.start()]
        for v in (tagged["v"], other):
            places += [f"{start}/archive/refs/tags/{v}{tagged['rest']}"]
            places += [f"{start}/archive/{v}{tagged['rest']}"]
    elif archive := _ARCHIVE.search(url):
        kinds = (".tar.gz", ".tar.xz", ".tar.bz2", ".zip", ".tgz")
        places = [url[: archive.start()] + kind for kind in kinds]
    return [each for each in dict.fromkeys(places) if each != url]
