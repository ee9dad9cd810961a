"""Folders that a web server lists, and the folder above, which dates those of many projects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from core.http import Door
from versions.outcomes import BAD_ANSWER
from versions.sources.html_links import Link, absolute, links
from versions.sources.reading import UNREADABLE
from versions.sources.shared import Shared
from versions.sources.trails import Trail

SECONDS_EACH = 20.0
_MAX_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FolderPage:
    """`url` is where redirects ended; `digest` is "" for a page that was not read."""

    url: str
    links: tuple[Link, ...] = ()
    digest: str = ""

    def date_of(self, name: str) -> datetime | None:
        """When a folder in this one last changed, as far as the page tells."""
        base = self.url.rpartition("/")[0] + "/"
        dates = (
            link.date
            for link in self.links
            if link.date and unquote(link.url.removeprefix(base)) == f"{name}/"
        )
        return next(dates, None)


@dataclass(frozen=True, slots=True)
class Above:
    """The folder at `url` holds that of a project, which is called `name`."""

    url: str
    name: str


def above(trail: Trail) -> Above | None:
    """Where the date of a project's own folder stands, if that changes with each release: it holds
    the files, or a folder for each version. None for others."""
    steps = trail.steps
    if len(steps) > 1 or not all(step.whole for step in steps):
        return None
    own = trail.origin + steps[0].before if steps else trail.folder
    parent, _, name = own.rstrip("/").rpartition("/")
    return Above(f"{parent}/", unquote(name)) if parent.startswith(trail.origin) else None


def read_folder(url: str, door: Door, shared: Shared, seconds: float = SECONDS_EACH) -> FolderPage:
    """One request for all who want the same folder. Raises OutcomeError."""
    return shared.get(key_of(url), lambda: _read(url, door, seconds))


def key_of(url: str) -> str:
    """What a folder is called among the things that are shared."""
    return f"folder {url}"


def _read(url: str, door: Door, seconds: float) -> FolderPage:
    answer = door.get(url, deadline=seconds, max_bytes=_MAX_BYTES)
    base = answer.final_url
    try:
        if answer.content_type.endswith("json"):
            found = tuple(_strings(json.loads(answer.body), base))
        else:
            found = tuple(links(answer.text(), base))
    except (*UNREADABLE, TimeoutError) as error:
        why = "it is no list of files"
        raise BAD_ANSWER.error(title=urlsplit(url).netloc, project=url, why=why) from error
    return FolderPage(base, found, answer.digest)


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
