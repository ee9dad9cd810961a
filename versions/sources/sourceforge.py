"""SourceForge: the feed of a project's newest files, a hundred at most. It asks that feeds be read
one after another, and none more often than each half hour
(https://sourceforge.net/p/forge/documentation/RSS/).

The files stand in for tags: the recipe's own file name says which of them are releases. Only those
named alike are taken, as projects keep manuals and installers beside their archives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote
from xml.etree import ElementTree

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import (
    ask,
    first_match,
    in_utc,
    is_name,
    path_of,
    reading,
    web_host,
)
from versions.sources.shared import Shared

_MAX_BYTES = 1024 * 1024  # a hundred files make about 150 kB
_SITE = "sourceforge.net"
_FRONTS = frozenset({"downloads", "download", "prdownloads", "dl"})
_NAME = r"(?P<project>[A-Za-z0-9][A-Za-z0-9_.-]{0,63})"
_ENDING = r"(?:/download)?"
_PAGE = re.compile(rf"/projects/{_NAME}/files/(?P<file>.*?[^/]){_ENDING}")
# downloads.sourceforge.net/project/NAME/FOLDER/FILE, or without folders and in older forms
_DOWNLOADS = (
    re.compile(rf"/project/{_NAME}/(?P<file>.*?[^/]){_ENDING}"),
    re.compile(rf"/(?:sourceforge/)?(?!project/){_NAME}/(?P<file>[^/]+){_ENDING}"),
)
_EXTENSION = re.compile(r"\.(?:tar\.[a-z0-9]+|[A-Za-z0-9]+)$")
_FIRST_DIGIT = re.compile(r"[0-9]")


class SourceForge:
    name = "sourceforge"
    title = "SourceForge"
    urls = "`downloads.sourceforge.net/project/NAME/...`, `sourceforge.net/projects/NAME/files/...`"
    asks = "`sourceforge.net/projects/NAME/rss`, for the folder above that of the version"
    bulk = False
    knows = frozenset({Fact.DATE})
    scheme = Scheme.GENERIC
    curated = False

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = first_match(_shapes(web_host(url)), unquote(path_of(url)))
        if match is None:
            return None
        *folders, file = match["file"].split("/")
        page = f"https://{_SITE}/projects/{match['project']}/files/{_stable(folders)}"
        return Upstream(self.name, match["project"], page, lane=_SITE, tag=file)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        url = upstream.url.replace("/files/", "/rss?path=/", 1)
        answer = ask(door, url, title=self.title, project=upstream.project, max_bytes=_MAX_BYTES)
        with reading(self.title, upstream.project):
            items = _items(answer.text())
            releases = tuple(_releases(items, upstream.tag))
            return Listing(self.name, upstream.url, releases, len(items) - len(releases))


def _shapes(host: str) -> Sequence[re.Pattern[str]]:
    """How the paths of a host of SourceForge look; PROJECT.sourceforge.net is the project's own."""
    if host in (_SITE, "www.sourceforge.net"):
        return (_PAGE,)
    label, _, rest = host.partition(".")
    is_mirror = rest == f"dl.{_SITE}"
    is_front = rest in (_SITE, "sf.net") and label in _FRONTS
    return _DOWNLOADS if is_mirror or is_front else ()


def _stable(folders: list[str]) -> str:
    """The folders above the first one that a version may have named."""
    stable: list[str] = []
    for folder in folders:
        if _FIRST_DIGIT.search(folder):
            break
        stable.append(f"{quote(folder)}/")
    return "".join(stable)


def _items(text: str) -> list[ElementTree.Element]:
    # Feeds have no document type; those of attackers have one, to define entities in it.
    if "<!DOCTYPE" in text:
        raise ValueError("a feed with a document type is not read")
    try:
        feed = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError:
        raise ValueError("it is no RSS feed") from None
    if feed.tag != "rss":
        raise ValueError("it is no RSS feed")
    return feed.findall("channel/item")


def _releases(items: list[ElementTree.Element], own: str) -> Iterator[Release]:
    alike = _stem(own)
    for item in items:
        file = (item.findtext("title") or "").strip().rpartition("/")[2]
        if is_name(file) and _stem(file) == alike:
            link = (item.findtext("link") or "").strip()
            url = link if link.startswith("https://") and link.isprintable() else ""
            yield Release(file, SourceForge.name, file, url, _when(item.findtext("pubDate")))


def _stem(file: str) -> tuple[str, str]:
    """What stands before the first digit, and the file's extension."""
    extension = _EXTENSION.search(file)
    return _FIRST_DIGIT.split(file)[0].lower(), extension[0].lower() if extension else ""


def _when(text: str | None) -> datetime | None:
    try:
        return in_utc(parsedate_to_datetime(text)) if text else None
    except (ValueError, OverflowError):
        return None
