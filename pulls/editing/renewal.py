"""Giving each source whose file changed the hash of its new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.outcomes import OutcomeError, OutcomeKind
from graph.recipes.model import Recipe, Source
from pulls.editing.algorithms import moved_to_sha256
from pulls.editing.hashes import Dye, Spot
from pulls.editing.model import Digests, HashResolver
from pulls.editing.substitutions import Substitution
from pulls.editing.views import Look, looks
from pulls.editing.workbench import View, Workbench
from pulls.outcomes import (
    HASH_NOT_FOUND,
    HASH_UNREACHED,
    NO_HASH,
    PLACES_DISAGREE,
    SAME_HASH,
    URL_UNCHANGED,
)

Key = tuple[tuple[str, ...], frozenset[tuple[str, str]], str, str]
"""What tells a source from another: URLs, hashes, git URL and revision."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A file that is at `found` and not at `url`, as `source` has it."""

    source: Source
    url: str
    found: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """`substitutions` write the new hashes of the files at `urls`; then the recipe has, in each
    view, the sources `expected`."""

    substitutions: tuple[Substitution, ...]
    expected: tuple[tuple[View, frozenset[Key]], ...]
    urls: tuple[str, ...]
    moved: tuple[Moved, ...]


def key_of(source: Source) -> Key:
    return source.urls, frozenset(source.hashes.items()), source.git_url, source.git_rev


def renew(
    bench: Workbench, before: Recipe, changes: list[Substitution], resolver: HashResolver
) -> Renewal:
    """The hashes that the recipe needs with `changes`.

    Raises OutcomeError: `pulls.url_unchanged`, `pulls.hash_not_found`, `pulls.hash_unreached`,
    `pulls.places_disagree`, `pulls.same_hash`, `pulls.no_hash`, `pulls.bad_hash`, and what
    reading or the resolver raises.
    """
    renewing = _Renewing(bench, Dye(bench, before), resolver)
    found, missing = looks(bench, before, changes, renewing.dye)
    known = {key_of(source) for source in before.sources}
    left = [each for each in bench.read(changes).sources if key_of(each) in known]
    if left and len(left) == len(known):
        # The URLs may be of the kind that always has the latest.
        renewing.suspects = known
    elif left:
        _check_each_variant(bench, before, changes, known)
    expected = tuple((look.view, renewing.sources(look)) for look in found)
    renewing.check_news(left)
    if missing:
        spot = min(missing, key=lambda each: each.start)
        line = bench.line(spot.start)
        raise HASH_UNREACHED.error(file=bench.file, line=line, field="source", hash=spot.value)
    return renewing.renewal(expected)


def _check_each_variant(
    bench: Workbench, before: Recipe, changes: list[Substitution], known: set[Key]
) -> None:
    """No platform or variant may go on downloading just what it did."""
    for view in bench.each_variant(before.platforms):
        sources = bench.read(changes, view).sources
        if sources and all(key_of(each) in known for each in sources):
            raise _unchanged(bench, sources)


def _unchanged(bench: Workbench, sources: Sequence[Source]) -> OutcomeError:
    urls = ", ".join(dict.fromkeys(_place(each) for each in sources))
    line = bench.line_of("source")
    return URL_UNCHANGED.error(file=bench.file, line=line, field="source", urls=urls)


def _place(source: Source) -> str:
    return source.urls[0] if source.urls else f"{source.git_url} {source.git_rev}".strip()


class _Renewing:
    """Collects what is to be written at each spot, and for which file."""

    def __init__(self, bench: Workbench, dye: Dye, resolver: HashResolver) -> None:
        self.dye = dye
        self._bench = bench
        self._resolver = resolver
        self._answers: dict[tuple[tuple[str, ...], frozenset[str]], Digests] = {}
        self._written: dict[Spot, tuple[str, str]] = {}
        self._moves: dict[Spot, str] = {}
        self._moved: list[Moved] = []
        self.suspects: set[Key] = set()
        self._same: list[tuple[Spot, Source]] = []
        self._has_news = False

    def sources(self, look: Look) -> frozenset[Key]:
        """What the sources of one view must be."""
        known = {key_of(source) for source in look.before.sources}
        keys = []
        for dyed in look.dyed.sources:
            source, spots = self.dye.washed(dyed), self.dye.taken_up(dyed)
            if key_of(source) in known and not self.suspects:
                self._keep(source, spots)
            elif source.urls:
                source = self._renewed(source, spots)
            keys.append(key_of(source))
        return frozenset(keys)

    def check_news(self, left: Sequence[Source]) -> None:
        """A file beside others, such as a licence, may well stay as it is; not all of them."""
        if self._has_news:
            return
        if self.suspects:
            raise _unchanged(self._bench, left)
        for spot, source in self._same:
            raise self._error(SAME_HASH, spot, url=source.urls[0])

    def renewal(self, expected: tuple[tuple[View, frozenset[Key]], ...]) -> Renewal:
        new = {spot: each for spot, each in self._written.items() if each[0] != spot.value}
        hashes = [
            Substitution(spot.start, spot.end, value, f"hash of {url}")
            for spot, (value, url) in new.items()
        ]
        for spot, algorithm in self._moves.items():
            hashes += moved_to_sha256(self._bench, spot, algorithm)
        urls = dict.fromkeys(url for _, url in new.values())
        return Renewal(tuple(hashes), expected, tuple(urls), tuple(self._moved))

    def _keep(self, source: Source, spots: Mapping[str, Spot | None]) -> None:
        for spot in filter(None, spots.values()):
            self._write(spot, spot.value, _place(source))

    def _renewed(self, source: Source, spots: Mapping[str, Spot | None]) -> Source:
        """The source with the hashes of its new file."""
        written: dict[str, Spot] = {}
        for algorithm, spot in spots.items():
            if spot is None:
                raise self._error(HASH_NOT_FOUND, None, algorithm=algorithm, url=source.urls[0])
            written[algorithm] = spot
        hashes: dict[str, str] = {}
        for algorithm, spot in written.items():
            target, value = self._new_hash(algorithm, source, written)
            if value == spot.value.lower():
                self._same.append((spot, source))
            else:
                self._has_news = True
            if target != algorithm:
                self._moves[spot] = algorithm
            self._write(spot, value, source.urls[0])
            hashes[target] = value
        return replace(source, hashes=hashes)

    def _new_hash(
        self, algorithm: str, source: Source, written: Mapping[str, Spot]
    ) -> tuple[str, str]:
        """Algorithm and hash: in kind if it is known; a lone one may become a sha256."""
        digests = self._digests(source, written)
        if value := digests.get(algorithm):
            return algorithm, value
        if len(written) == 1 and (value := digests.get("sha256")):
            return "sha256", value
        url = source.urls[0]
        raise self._error(NO_HASH, written[algorithm], algorithms=algorithm, url=url)

    def _digests(self, source: Source, written: Mapping[str, Spot]) -> Digests:
        key = source.urls, frozenset(written)
        if key not in self._answers:
            self._answers[key] = self._ask(source, written)
        return self._answers[key]

    def _ask(self, source: Source, written: Mapping[str, Spot]) -> Digests:
        """The digests of the first of the source's URLs that has a file."""
        failures = []
        for url in source.urls:
            try:
                digests = self._resolver(url, frozenset(written))
            except OutcomeError as error:
                failures.append(error.outcome)
                continue
            if digests.url and digests.url != url:
                self._moved.append(Moved(source, url, digests.url))
            return digests
        line = self._bench.line(min(written.values(), key=lambda spot: spot.start).start)
        raise OutcomeError(replace(failures[0], file=self._bench.file, line=line, field="source"))

    def _write(self, spot: Spot, value: str, url: str) -> None:
        known, for_url = self._written.setdefault(spot, (value, url))
        if known.lower() != value.lower():
            raise self._error(PLACES_DISAGREE, spot, urls=f"{for_url}, {url}")

    def _error(self, kind: OutcomeKind, spot: Spot | None, **context: Any) -> OutcomeError:
        line = self._bench.line(spot.start) if spot else self._bench.line_of("source")
        return kind.error(file=self._bench.file, line=line, field="source", **context)
