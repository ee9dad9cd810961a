"""Which hash of the text belongs to which file, found by dyeing: every hash is exchanged for a
mark of its own, the recipe is read, and each source shows the mark that it took up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from graph.recipes.model import Recipe, Source
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import Workbench

MAX_SPOTS = 300
_SHORTEST = 8
_PADDING = "d"
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,64}(?![0-9A-Za-z])")
_LENGTHS = (32, 64)


@dataclass(frozen=True, slots=True)
class Spot:
    """A hash written out at `text[start:end]`."""

    start: int
    end: int
    value: str


class Dye:
    """The hashes of a recipe, and the marks that stand for them in `substitutions`."""

    def __init__(self, bench: Workbench, recipe: Recipe) -> None:
        known = {value for source in recipe.sources for value in source.hashes.values()}
        spots = list(_spots(bench.uncommented, known))[:MAX_SPOTS]
        self._spots = {_mark(number, spot): spot for number, spot in enumerate(spots)}

    @property
    def spots(self) -> Iterable[Spot]:
        return self._spots.values()

    @property
    def substitutions(self) -> list[Substitution]:
        return [Substitution(spot.start, spot.end, mark) for mark, spot in self._spots.items()]

    def taken_up(self, source: Source) -> Mapping[str, Spot | None]:
        """For each hash of a source that was read with the marks, where it is written; None if
        that isn't known."""
        return {name: self._spots.get(mark.lower()) for name, mark in source.hashes.items()}

    def washed(self, source: Source) -> Source:
        """The source as it reads without the marks, also where one got into a URL."""
        hashes = {
            name: spot.value if spot else source.hashes[name]
            for name, spot in self.taken_up(source).items()
        }
        if not any(_PADDING * 4 in text for text in _texts(source)):
            return replace(source, hashes=hashes)
        return replace(
            source,
            urls=tuple(map(self._washed, source.urls)),
            git_url=self._washed(source.git_url),
            git_rev=self._washed(source.git_rev),
            hashes=hashes,
        )

    def _washed(self, text: str) -> str:
        for mark, spot in self._spots.items():
            text = text.replace(mark, spot.value)
        return text


def _texts(source: Source) -> tuple[str, ...]:
    return (*source.urls, source.git_url, source.git_rev)


def _spots(text: str, known: set[str]) -> Iterator[Spot]:
    """What looks like a hash, and all that is one. Commits look like sha1 and are left alone."""
    for found in _HEX.finditer(text):
        if found[0] in known or len(found[0]) in _LENGTHS:
            yield Spot(*found.span(), found[0])
    for value in sorted(known):
        if len(value) >= _SHORTEST and not _HEX.fullmatch(value):
            word = re.compile(rf"(?<![0-9A-Za-z]){re.escape(value)}(?![0-9A-Za-z])")
            yield from (Spot(*found.span(), value) for found in word.finditer(text))


def _mark(number: int, spot: Spot) -> str:
    """As long as the hash, for v1 counts its digits; with letters, so that it stays a text."""
    return str(number).rjust(len(spot.value), _PADDING)
