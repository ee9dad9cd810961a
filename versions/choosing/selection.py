"""Which release wins, and why each of the others does not.

Pure: releases, what the recipe teaches, settings and people's decisions go in; a verdict with a
rule and a sentence for every release comes out. The winner is the highest acceptable version. It
may be lower than the recipe's own, when upstream withdrew that one: that is for a person to see,
and never a downgrade.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from rattler import Version

from versions.choosing.patterns import Rewrite
from versions.choosing.policy import Policy
from versions.choosing.rules import Candidate, Case, Recipe, numbering, reason
from versions.choosing.schemes import Scheme, is_prerelease, normalise, parse, release_part
from versions.releases import Release
from versions.sources.tags import ForeignTag, TagPattern, learn

KEPT = 50
# What a release waits for, if one of these rejects it, is a person, a file or a day.
_HOLDING = frozenset(
    {"hidden", "pinned", "excluded", "yanked", "no_sdist", "no_wheel", "jump", "cooldown"}
)
# Those of them that do not doubt the release itself.
_WAITING = _HOLDING - {"yanked", "jump"}
_UNREADABLE = frozenset({"not_a_version", "foreign_tag"})


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one release, by which rule.

    `version` is spelled as the recipe would spell it, or as upstream does if it is not readable.
    """

    release: Release
    version: str
    verdict: Verdict
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Judgements are sorted newest first, those without a readable version last.

    `held_back` is the newest release above both winner and recipe that is real, but not taken:
    somebody's decision stands against it, or a file is missing.
    """

    winner: Judgement | None
    judgements: tuple[Judgement, ...]
    held_back: Judgement | None = None


def select(
    releases: Iterable[Release],
    *,
    recipe: Recipe,
    policy: Policy,
    scheme: Scheme,
    curated: bool,
    now: datetime,
) -> Selection:
    """Judge every release. `curated` says that each was published as one, unlike a bare tag.

    Raises OutcomeError `versions.slow_pattern`, for a pattern in the settings.
    """
    pattern = learn(recipe.tags, recipe.version)
    read = [_read(release, pattern, scheme, policy) for release in releases]
    unreadable = [each for each in read if isinstance(each, Judgement)]
    candidates = [each for each in read if isinstance(each, Candidate)]
    candidates.sort(key=lambda each: each.order, reverse=True)

    case = _case(candidates, Case(recipe, policy, scheme, curated, now))
    reasons = [reason(candidate, case) for candidate in candidates]
    acceptable = [c for c, why in zip(candidates, reasons, strict=True) if why is None]
    best = _best(acceptable, recipe, pattern)
    judged = [
        _judged(candidate, Verdict.REJECTED, *why) if why else _rank(candidate, best, case)
        for candidate, why in zip(candidates, reasons, strict=True)
    ]
    winner = next((each for each in judged if each.rule == "newest"), None)
    held_back = _held_back(judged, candidates, best, case)
    unreadable.sort(key=lambda each: each.version)
    return Selection(winner, (*judged, *unreadable), held_back)


def kept(judgements: Sequence[Judgement], current: str) -> tuple[tuple[Judgement, ...], int]:
    """Those worth storing, and how many others there were.

    They are the winner, all newer than the current version, all that a person hid, and the
    newest 50. Expects the order of `Selection.judgements`.
    """
    order = parse(current)

    def is_kept(place: int, each: Judgement) -> bool:
        if place < KEPT or each.rule in ("newest", "hidden"):
            return True
        version = None if each.rule in _UNREADABLE else parse(each.version)
        return version is not None and order is not None and version > order

    chosen = tuple(each for place, each in enumerate(judgements) if is_kept(place, each))
    return chosen, len(judgements) - len(chosen)


# Reading a release


def _read(
    release: Release, pattern: TagPattern, scheme: Scheme, policy: Policy
) -> Candidate | Judgement:
    try:
        text = _text(release, pattern, policy.rewrite)
    except ForeignTag as error:
        shown = release.tag or release.version
        return Judgement(release, shown, Verdict.REJECTED, "foreign_tag", f"{error}.")
    version = normalise(text, scheme)
    order = parse(version) if version else None
    if version is None or order is None or _is_odd_number(text):
        sentence = f"{text[:64]} is not a version."
        return Judgement(release, text, Verdict.REJECTED, "not_a_version", sentence)
    flagged = bool(release.prerelease)
    prerelease = flagged or is_prerelease(version, scheme, policy.prerelease_words)
    return Candidate(release, version, order, release_part(version), prerelease)


def _text(release: Release, pattern: TagPattern, rewrite: Rewrite | None) -> str:
    """What should be a version. Raises ForeignTag."""
    if rewrite is None:
        return pattern.version(release.tag) if release.tag else release.version
    written = release.tag or release.version
    text = rewrite.apply(written)
    if text is None:
        raise ForeignTag(f"{written} does not match version_updates.rewrite.extract")
    return text


def _is_odd_number(text: str) -> bool:
    """A tag `03` is a label; conda would take it for version 3, above any 1.x."""
    return len(text) > 1 and text.startswith("0") and text.isdigit()


def _case(candidates: list[Candidate], case: Case) -> Case:
    """The case with all that the candidates together say."""
    if case.scheme is not Scheme.CALENDAR:
        kinds = (numbering(candidate, case) for candidate in candidates)
        case.numberings.update(kind for kind in kinds if kind)
    return replace(case, follows_prereleases=_follows_prereleases(candidates, case))


def _follows_prereleases(candidates: list[Candidate], case: Case) -> bool:
    """As the settings say; else if there is nothing else, or if the recipe is on one and no newer
    final release is out. A final release that waits for a file or a person is out all the same."""
    if case.policy.prereleases is not None:
        return case.policy.prereleases
    finals = [each for each in candidates if not each.prerelease]
    newest = next((each for each in finals if _is_out(each, case, _WAITING)), None)
    if newest is None:
        # One in another stream does not count as newer, yet it shows that final releases come.
        only = not any(_is_out(each, case, _WAITING | {"other_stream"}) for each in finals)
        return only or _is_on_prerelease(case)
    return _is_on_prerelease(case) and case.current is not None and newest.order < case.current


def _is_out(candidate: Candidate, case: Case, waiting: frozenset[str]) -> bool:
    why = reason(candidate, case)
    return why is None or why[0] in waiting


def _is_on_prerelease(case: Case) -> bool:
    return is_prerelease(case.recipe.version, case.scheme, case.policy.prerelease_words)


# Ranking the acceptable


def _best(acceptable: list[Candidate], recipe: Recipe, pattern: TagPattern) -> Candidate | None:
    """The highest; of several spellings of one version, the one most like the recipe's."""
    if not acceptable:
        return None
    parts = len(release_part(recipe.version))

    def unlike(candidate: Candidate) -> tuple[int, bool]:
        tagged_alike = candidate.release.tag.startswith(pattern.prefix)
        return abs(len(candidate.numbers) - parts), not tagged_alike

    highest = acceptable[0].order
    return min((each for each in acceptable if each.order == highest), key=unlike)


def _judged(candidate: Candidate, verdict: Verdict, rule: str, sentence: str) -> Judgement:
    return Judgement(candidate.release, candidate.version, verdict, rule, sentence)


def _rank(candidate: Candidate, best: Candidate | None, case: Case) -> Judgement:
    mine = candidate.version
    if best is None or candidate is best:
        return _judged(candidate, Verdict.ACCEPTED, "newest", _praise(candidate, case))
    if candidate.order == best.order:
        sentence = f"{mine} is another spelling of {best.version}."
        return _judged(candidate, Verdict.REJECTED, "duplicate", sentence)
    if case.current is not None and candidate.order <= case.current:
        return _not_newer(candidate, best, case.current, case.recipe.version)
    sentence = f"{mine} is acceptable, but {best.version} is newer."
    return _judged(candidate, Verdict.ACCEPTED, "superseded", sentence)


def _not_newer(candidate: Candidate, best: Candidate, current: Version, ours: str) -> Judgement:
    mine = candidate.version
    if candidate.order < current:
        sentence = f"{mine} is older than the recipe's {ours}."
        return _judged(candidate, Verdict.REJECTED, "older", sentence)
    sentence = f"{mine} is the recipe's version; {best.version} is newer."
    return _judged(candidate, Verdict.ACCEPTED, "current", sentence)


def _praise(winner: Candidate, case: Case) -> str:
    version, ours = winner.version, case.recipe.version
    if case.policy.pinned:
        return f"A person pinned {version}."
    if case.current is not None and winner.order == case.current:
        return f"{version} is the newest acceptable version, and the recipe has it."
    if case.current is not None and winner.order < case.current:
        return f"{version} is the newest acceptable version, though the recipe is at {ours}."
    return f"{version} is the newest acceptable version."


def _held_back(
    judged: list[Judgement],
    candidates: list[Candidate],
    best: Candidate | None,
    case: Case,
) -> Judgement | None:
    floors = [each for each in (best.order if best else None, case.current) if each is not None]
    for judgement, candidate in zip(judged, candidates, strict=True):
        if any(candidate.order <= floor for floor in floors):
            return None
        if judgement.rule in _HOLDING:
            return judgement
    return None
