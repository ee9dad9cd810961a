"""The hashes of files that a recipe would download: told by their registry, or computed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator

from core.http import Door
from core.outcomes import OutcomeError
from pulls.editing import Digests
from pulls.editing.model import HASH_LENGTHS
from pulls.upstream import Asking, Registries
from versions.releases import RecipeUrl

MOST_BYTES = 1 << 30  # of one file
# For all files of a recipe together: with reading and asking it stays within the time that a job
# of the queue may take, and well within the lease of a try.
SECONDS = 120.0
MOST_PLACES = 6  # that are asked for one file

_NOT_THERE = frozenset({"http.not_found", "http.gone"})
_ARCHIVE = re.compile(r"\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$")
_TAGGED = re.compile(r"/archive/(?P<refs>refs/tags/)?(?P<v>v?)(?P<rest>[^/]+)$")


class Hashes:
    """A `HashResolver` that asks the network through a door. Answers are kept and the time is
    limited, so use one for one recipe."""

    def __init__(self, door: Door, registries: Registries, seconds: float = SECONDS) -> None:
        self._ask = Asking(door, seconds)
        self._registries = registries

    def __call__(self, url: str, algorithms: frozenset[str]) -> Digests:
        """The digests of the file at `url`, or at a place to which it has moved: those that its
        registry publishes, where they suffice; else the file is downloaded, but not kept.

        Raises OutcomeError: the first place's reason why there is no file, or
        `pulls.upstream_too_slow`.
        """
        if published := self._published(url, algorithms):
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

    def _published(self, url: str, algorithms: Collection[str]) -> Digests | None:
        found = self._registries.of(RecipeUrl(url))
        if found is None or not _suffices(found[0].publishes, algorithms):
            return None
        registry, upstream = found
        try:
            return registry.digests(upstream, url, self._ask)
        except OutcomeError:
            return None  # the file itself tells, too

    def _downloaded(self, url: str) -> Digests:
        hexadecimal: dict[str, str] = {}
        self._ask.stream(url, _into(hexadecimal), max_bytes=MOST_BYTES)
        return Digests(**hexadecimal)


def _suffices(published: Collection[str], algorithms: Collection[str]) -> bool:
    """A lone hash of another kind may become a sha256."""
    is_lone = len(algorithms) == 1 and "sha256" in published
    return is_lone or set(algorithms) <= set(published)


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
