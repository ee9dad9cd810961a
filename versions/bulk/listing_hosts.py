"""Hosts that list their folders: the folder above those of many projects says when each last
changed."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from core.http import door
from core.outcomes import OutcomeError
from versions.asking import seen
from versions.asking.answers import Answer
from versions.asking.configuration import lookup_config
from versions.asking.subjects import LookupConfig, Subject
from versions.bulk.batch import Answered, Batch
from versions.shifts.looking import shared
from versions.sources.folders import Above, FolderPage, above, read_folder
from versions.sources.listing import DirectoryListing, date_word, trail_of

log = logging.getLogger(__name__)

LEAST = 5  # packages below one folder that make asking for it worth while
MOST = 300
USELESS_SECONDS = 3600.0
_PREFIX = f"{DirectoryListing.name}:"

# Lanes where it was of no use to this process, and until when it is not tried again.
_useless: dict[str, float] = {}


def offered(lane: str, due: int) -> Batch | None:
    if due < LEAST or "." not in lane or time.monotonic() < _useless.get(lane, 0.0):
        return None
    return Batch(lane, MOST, 1, partial(answer, lane))


def answer(lane: str, subjects: Sequence[Subject]) -> Iterator[Answered]:
    """A package is unchanged if its folder is; the others are left open."""
    places = {each.key: place for each in subjects if (place := _place(each))}
    pages = _pages(places.values())
    if not any(pages.values()):
        _useless[lane] = time.monotonic() + USELESS_SECONDS
    config, now = lookup_config(), datetime.now(UTC)
    for each in subjects:
        place = places.get(each.key)
        page = pages.get(place.url) if place else None
        same = page and place and _is_same(each, page.date_of(place.name), config, now)
        yield each.key, Answer.as_before() if same else None


def _is_same(subject: Subject, date: datetime | None, config: LookupConfig, now: datetime) -> bool:
    return date is not None and date_word(date) in seen.known(subject, config, now)


def _place(subject: Subject) -> Above | None:
    """Where the date of a package's folder stands, if that is what it is looked up by first."""
    if not subject.upstream.startswith(_PREFIX):
        return None
    source = DirectoryListing()
    for url in subject.urls:
        upstream = source.claims(url)
        if upstream and upstream.project == subject.project and (found := trail_of(upstream)):
            return above(found)
    return None


def _pages(places: Iterable[Above]) -> dict[str, FolderPage | None]:
    """The folders that hold enough of these, by URL; None for one that can't be read, or dates
    nothing."""
    names: dict[str, list[str]] = defaultdict(list)
    for place in places:
        names[place.url].append(place.name)
    return {url: _read(url, held) for url, held in names.items() if len(held) >= LEAST}


def _read(url: str, names: Sequence[str]) -> FolderPage | None:
    try:
        page = read_folder(url, door(), shared())
    except OutcomeError as error:
        log.info("%s tells no dates: %s", url, error)
        return None
    return page if any(map(page.date_of, names)) else None
