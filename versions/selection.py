"""Which release wins, and why each of the others does not.

Pure: releases, what the recipe teaches, settings and people's decisions go in; a verdict with a
rule and a sentence for every release comes out. The winner is the highest acceptable version. It
may be lower than the recipe's own, when upstream withdrew that one: that is for a person to see,
and never a downgrade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from rattler import Version

from versions.policy import Policy
from versions.releases import Release
from versions.schemes import (
    Scheme,
    is_prerelease,
    normalise,
    parse,
    release_part,
    same_version,
    unknown_words,
)
from versions.sources.tags import ForeignTag, TagPattern, learn

KEPT = 50
# So many releases in a new numbering are no slip of the hand.
_CHANGE_OF_NUMBERING = 3
# What a release waits for, if one of these rejects it, is a person or a file.
_HOLDING = frozenset({"hidden", "pinned", "excluded", "yanked", "no_sdist", "no_wheel", "jump"})
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


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the recipe teaches: its version, the tags it downloads, the kind of file it needs."""

    version: str
    tags: tuple[str, ...] = ()
    artefact: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    release: Release
    version: str
    order: Version
    numbers: tuple[int, ...]
    prerelease: bool

    def judged(self, verdict: Verdict, rule: str, sentence: str) -> Judgement:
        return Judgement(self.release, self.version, verdict, rule, sentence)


@dataclass(frozen=True, slots=True)
class _Case:
    """What the rules look at besides the candidate."""

    recipe: Recipe
    current: Version | None
    numbers: tuple[int, ...]
    policy: Policy
    scheme: Scheme
    curated: bool
    this_year: int
    numberings: Counter[str] = field(default_factory=Counter)
    follows_prereleases: bool = True


def select(
    releases: Iterable[Release],
    *,
    recipe: Recipe,
    policy: Policy,
    scheme: Scheme,
    curated: bool,
    now: datetime,
) -> Selection:
    """Judge every release. `curated` says that each was published as one, unlike a bare tag."""
    pattern = learn(recipe.tags, recipe.version)
    read = [_read(release, pattern, scheme) for release in releases]
    unreadable = [each for each in read if isinstance(each, Judgement)]
    candidates = [each for each in read if isinstance(each, _Candidate)]
    candidates.sort(key=lambda each: each.order, reverse=True)

    case = _case(candidates, recipe, policy, scheme, curated, now)
    reasons = [_reason(candidate, case) for candidate in candidates]
    acceptable = [c for c, reason in zip(candidates, reasons, strict=True) if reason is None]
    best = _best(acceptable, recipe, pattern)
    judged = [
        candidate.judged(Verdict.REJECTED, *reason) if reason else _rank(candidate, best, case)
        for candidate, reason in zip(candidates, reasons, strict=True)
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


def _read(release: Release, pattern: TagPattern, scheme: Scheme) -> _Candidate | Judgement:
    text = release.version
    if release.tag:
        try:
            text = pattern.version(release.tag)
        except ForeignTag as error:
            return Judgement(release, release.tag, Verdict.REJECTED, "foreign_tag", f"{error}.")
    version = normalise(text, scheme)
    order = parse(version) if version else None
    if version is None or order is None or _is_odd_number(text):
        sentence = f"{text[:64]} is not a version."
        return Judgement(release, text, Verdict.REJECTED, "not_a_version", sentence)
    prerelease = bool(release.prerelease) or is_prerelease(version, scheme)
    return _Candidate(release, version, order, release_part(version), prerelease)


def _is_odd_number(text: str) -> bool:
    """A tag `03` is a label; conda would take it for version 3, above any 1.x."""
    return len(text) > 1 and text.startswith("0") and text.isdigit()


def _case(
    candidates: list[_Candidate],
    recipe: Recipe,
    policy: Policy,
    scheme: Scheme,
    curated: bool,
    now: datetime,
) -> _Case:
    current, numbers = parse(recipe.version), release_part(recipe.version)
    case = _Case(recipe, current, numbers, policy, scheme, curated, now.year)
    case.numberings.update(_numbering(candidate, case) for candidate in candidates)
    return replace(case, follows_prereleases=_follows_prereleases(candidates, case))


def _follows_prereleases(candidates: list[_Candidate], case: _Case) -> bool:
    """If there is nothing else, or if the recipe is on one and no newer final release is out.

    A final release that waits for a file or a person is out all the same.
    """
    newest_final = next((each for each in candidates if _is_final(each, case)), None)
    if newest_final is None:
        return True
    on_prerelease = is_prerelease(case.recipe.version, case.scheme)
    return on_prerelease and case.current is not None and newest_final.order < case.current


def _is_final(candidate: _Candidate, case: _Case) -> bool:
    if candidate.prerelease:
        return False
    reason = _reason(candidate, case)
    return reason is None or reason[0] in _WAITING


# The rules: each returns why a candidate is rejected, or "". The first one that does names it.


def _tag_not_allowed(candidate: _Candidate, case: _Case) -> str:
    tag = candidate.release.tag
    if not tag or case.policy.allows_tag(tag):
        return ""
    return f"The tag {tag} matches none of allowed_tag_globs."


def _hidden(candidate: _Candidate, case: _Case) -> str:
    for version, reason in case.policy.hidden.items():
        if same_version(version, candidate.version):
            return f"A person hid {candidate.version}: {reason}"
    return ""


def _excluded(candidate: _Candidate, case: _Case) -> str:
    exclude = case.policy.exclude
    if not exclude:
        return ""
    spellings = {candidate.version, candidate.release.version, candidate.release.tag}
    plain = {each.replace("-", ".").replace("_", ".") for each in spellings}
    return (
        f"version_updates.exclude names {candidate.version}."
        if exclude & (spellings | plain)
        else ""
    )


def _odd_minor(candidate: _Candidate, case: _Case) -> str:
    minor = candidate.numbers[1:2]
    if not case.policy.even_odd_versions or not minor or minor[0] % 2 == 0:
        return ""
    return f"{candidate.version} has an odd minor number, which marks development here."


def _yanked(candidate: _Candidate, case: _Case) -> str:
    return f"Upstream withdrew {candidate.version}." if candidate.release.yanked else ""


def _prerelease(candidate: _Candidate, case: _Case) -> str:
    if not candidate.prerelease or case.follows_prereleases:
        return ""
    return f"{candidate.version} is a pre-release, and the recipe follows final releases."


def _unknown_word(candidate: _Candidate, case: _Case) -> str:
    if case.scheme is not Scheme.GENERIC:
        return ""
    words = unknown_words(candidate.version, case.recipe.version)
    if not words:
        return ""
    return f"{candidate.version} contains {words[0]!r}, unlike the recipe's own version."


def _no_sdist(candidate: _Candidate, case: _Case) -> str:
    return _lacks(candidate, case, "sdist")


def _no_wheel(candidate: _Candidate, case: _Case) -> str:
    return _lacks(candidate, case, "wheel")


def _lacks(candidate: _Candidate, case: _Case, artefact: str) -> str:
    release = candidate.release
    if case.recipe.artefact != artefact or not release.artefacts_known:
        return ""
    if artefact in release.artefacts:
        return ""
    others = f"only {', '.join(sorted(release.artefacts))}" if release.artefacts else "no files"
    return f"{candidate.version} has no {artefact}, which the recipe needs; it has {others}."


def _jump(candidate: _Candidate, case: _Case) -> str:
    numbering = _numbering(candidate, case)
    if not numbering or (case.curated and case.numberings[numbering] >= _CHANGE_OF_NUMBERING):
        return ""
    return f"{candidate.version} is numbered like a {numbering}, far from {case.recipe.version}."


def _numbering(candidate: _Candidate, case: _Case) -> str:
    """How a candidate's first number differs in kind from the recipe's; "" if it does not."""
    first = candidate.numbers[0] if candidate.numbers else 0
    ours = case.numbers[0] if case.numbers else 0
    if first >= 100_000:
        return "" if ours >= 100_000 else "date"
    if 1900 <= first <= case.this_year + 1:
        return "" if ours >= 1900 else "year"
    return "large number" if first >= 100 and first > 10 * (ours + 1) else ""


def _pinned(candidate: _Candidate, case: _Case) -> str:
    pin = case.policy.pinned
    return f"A person pinned {pin}." if pin else ""


Rule = Callable[[_Candidate, _Case], str]

RULES: tuple[tuple[str, Rule], ...] = (
    ("tag_not_allowed", _tag_not_allowed),
    ("hidden", _hidden),
    ("excluded", _excluded),
    ("odd_minor", _odd_minor),
    ("unknown_word", _unknown_word),
    ("prerelease", _prerelease),
    ("yanked", _yanked),
    ("no_sdist", _no_sdist),
    ("no_wheel", _no_wheel),
    ("jump", _jump),
    ("pinned", _pinned),
)


def _reason(candidate: _Candidate, case: _Case) -> tuple[str, str] | None:
    """Rule and sentence that reject a candidate. What a person pinned, no rule rejects."""
    if case.policy.pinned and same_version(case.policy.pinned, candidate.version):
        return None
    for name, rule in RULES:
        if sentence := rule(candidate, case):
            return name, sentence
    return None


# Ranking the acceptable


def _best(acceptable: list[_Candidate], recipe: Recipe, pattern: TagPattern) -> _Candidate | None:
    """The highest; of several spellings of one version, the one most like the recipe's."""
    if not acceptable:
        return None
    parts = len(release_part(recipe.version))

    def unlike(candidate: _Candidate) -> tuple[int, bool]:
        tagged_alike = candidate.release.tag.startswith(pattern.prefix)
        return abs(len(candidate.numbers) - parts), not tagged_alike

    highest = acceptable[0].order
    return min((each for each in acceptable if each.order == highest), key=unlike)


def _rank(candidate: _Candidate, best: _Candidate | None, case: _Case) -> Judgement:
    mine = candidate.version
    if best is None or candidate is best:
        return candidate.judged(Verdict.ACCEPTED, "newest", _praise(candidate, case))
    if candidate.order == best.order:
        sentence = f"{mine} is another spelling of {best.version}."
        return candidate.judged(Verdict.REJECTED, "duplicate", sentence)
    if case.current is not None and candidate.order <= case.current:
        return _not_newer(candidate, best, case.current, case.recipe.version)
    sentence = f"{mine} is acceptable, but {best.version} is newer."
    return candidate.judged(Verdict.ACCEPTED, "superseded", sentence)


def _not_newer(candidate: _Candidate, best: _Candidate, current: Version, ours: str) -> Judgement:
    mine = candidate.version
    if candidate.order < current:
        sentence = f"{mine} is older than the recipe's {ours}."
        return candidate.judged(Verdict.REJECTED, "older", sentence)
    sentence = f"{mine} is the recipe's version; {best.version} is newer."
    return candidate.judged(Verdict.ACCEPTED, "current", sentence)


def _praise(winner: _Candidate, case: _Case) -> str:
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
    candidates: list[_Candidate],
    best: _Candidate | None,
    case: _Case,
) -> Judgement | None:
    floors = [each for each in (best.order if best else None, case.current) if each is not None]
    for judgement, candidate in zip(judged, candidates, strict=True):
        if any(candidate.order <= floor for floor in floors):
            return None
        if judgement.rule in _HOLDING:
            return judgement
    return None
