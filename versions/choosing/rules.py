"""The rules that reject a candidate, in the order in which they are asked.

Each says when it applies at all, and returns why it rejects, as a sentence for people, or "".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils.functional import cached_property
from rattler import Version

from versions.choosing.patterns import Pattern
from versions.choosing.policy import Policy
from versions.choosing.schemes import Scheme, parse, release_part, same_version, unknown_words
from versions.releases import Release

# So many releases in a new numbering are no slip of the hand.
_CHANGE_OF_NUMBERING = 3
_OPEN_SCHEMES = frozenset({Scheme.GENERIC, Scheme.CALENDAR})


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the recipe teaches: its version, the tags it downloads, the kind of file it needs."""

    version: str
    tags: tuple[str, ...] = ()
    artefact: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release with a readable version, which is spelled as the recipe would spell it."""

    release: Release
    version: str
    order: Version
    numbers: tuple[int, ...]
    prerelease: bool

    @property
    def spellings(self) -> set[str]:
        return {self.version, self.release.version, self.release.tag} - {""}


@dataclass(frozen=True)
class Case:
    """What the rules look at besides the candidate. `numberings` counts the candidates whose
    numbers are of another kind than the recipe's."""

    recipe: Recipe
    policy: Policy
    scheme: Scheme
    curated: bool
    now: datetime
    numberings: Counter[str] = field(default_factory=Counter)
    follows_prereleases: bool = True

    @cached_property
    def current(self) -> Version | None:
        return parse(self.recipe.version)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        return release_part(self.recipe.version)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Those that may reject anything here, for most settings are off."""
        return tuple(rule for rule in RULES if rule.applies(self))


def _tag_not_allowed(candidate: Candidate, case: Case) -> str:
    tag = candidate.release.tag
    if not tag or case.policy.allows_tag(tag):
        return ""
    return f"The tag {tag} matches none of allowed_tag_globs."


def _hidden(candidate: Candidate, case: Case) -> str:
    for version, reason in case.policy.hidden.items():
        if same_version(version, candidate.version):
            why = f": {reason.rstrip('.')}" if reason else ""
            return f"A person hid {candidate.version}{why}."
    return ""


def _excluded(candidate: Candidate, case: Case) -> str:
    exclude = case.policy.exclude
    plain = {each.replace("-", ".").replace("_", ".") for each in candidate.spellings}
    return (
        f"version_updates.exclude names {candidate.version}."
        if exclude & (candidate.spellings | plain)
        else ""
    )


def _excluded_by_pattern(candidate: Candidate, case: Case) -> str:
    pattern = case.policy.exclude_pattern
    if pattern is None or not _matches(pattern, candidate):
        return ""
    return f"{candidate.version} matches version_updates.exclude_pattern."


def _not_included(candidate: Candidate, case: Case) -> str:
    pattern = case.policy.include_pattern
    if pattern is None or _matches(pattern, candidate):
        return ""
    return f"{candidate.version} does not match version_updates.include_pattern."


def _matches(pattern: Pattern, candidate: Candidate) -> bool:
    return any(pattern.fullmatch(each) for each in sorted(candidate.spellings))


def _other_stream(candidate: Candidate, case: Case) -> str:
    stream = case.policy.stream
    if candidate.numbers[: len(stream)] == stream:
        return ""
    wanted = ".".join(map(str, stream))
    return f"{candidate.version} is not in the stream {wanted}.x, which the settings ask for."


def _cooling_down(candidate: Candidate, case: Case) -> str:
    released = candidate.release.released_at
    days = case.policy.cooldown_days
    if released is None or case.now >= (ready := released + timedelta(days=days)):
        return ""
    until = ready.astimezone(UTC)
    return f"{candidate.version} cools down for {days:g} days, until {until:%Y-%m-%d %H:%M} UTC."


def _odd_minor(candidate: Candidate, case: Case) -> str:
    minor = candidate.numbers[1:2]
    if not minor or minor[0] % 2 == 0:
        return ""
    return f"{candidate.version} has an odd minor number, which marks development here."


def _yanked(candidate: Candidate, case: Case) -> str:
    return f"Upstream withdrew {candidate.version}." if candidate.release.yanked else ""


def _prerelease(candidate: Candidate, case: Case) -> str:
    if not candidate.prerelease:
        return ""
    return f"{candidate.version} is a pre-release, and the recipe follows final releases."


def _unknown_word(candidate: Candidate, case: Case) -> str:
    words = unknown_words(candidate.version, case.recipe.version, case.policy.prerelease_words)
    if not words:
        return ""
    return f"{candidate.version} contains {words[0]!r}, unlike the recipe's own version."


def _no_artefact(candidate: Candidate, case: Case) -> str:
    release, artefact = candidate.release, case.recipe.artefact
    if not release.artefacts_known or artefact in release.artefacts:
        return ""
    others = f"only {', '.join(sorted(release.artefacts))}" if release.artefacts else "no files"
    return f"{candidate.version} has no {artefact}, which the recipe needs; it has {others}."


def _jump(candidate: Candidate, case: Case) -> str:
    kind = numbering(candidate, case)
    if not kind or (case.curated and case.numberings[kind] >= _CHANGE_OF_NUMBERING):
        return ""
    return f"{candidate.version} is numbered like a {kind}, far from {case.recipe.version}."


def numbering(candidate: Candidate, case: Case) -> str:
    """How a candidate's first number differs in kind from the recipe's; "" if it does not."""
    first = candidate.numbers[0] if candidate.numbers else 0
    ours = case.numbers[0] if case.numbers else 0
    if first >= 100_000:
        return "" if ours >= 100_000 else "date"
    if 1900 <= first <= case.now.year + 1:
        return "" if ours >= 1900 else "year"
    return "large number" if first >= 100 and first > 10 * (ours + 1) else ""


def _pinned(candidate: Candidate, case: Case) -> str:
    return f"A person pinned {case.policy.pinned}."


def _words_tell(case: Case) -> bool:
    """A maintainer's own pattern or rewrite knows better which words belong to a version."""
    own = case.policy.include_pattern or case.policy.rewrite
    return case.scheme in _OPEN_SCHEMES and not own


@dataclass(frozen=True, slots=True)
class Rule:
    """`rejects` is asked only where `applies` says so of the case as a whole."""

    name: str
    rejects: Callable[[Candidate, Case], str]
    applies: Callable[[Case], object]


RULES = (
    Rule("tag_not_allowed", _tag_not_allowed, lambda case: case.policy.allowed_tag_globs),
    Rule("hidden", _hidden, lambda case: case.policy.hidden),
    Rule("excluded", _excluded, lambda case: case.policy.exclude),
    Rule("excluded", _excluded_by_pattern, lambda case: case.policy.exclude_pattern),
    Rule("not_included", _not_included, lambda case: case.policy.include_pattern),
    Rule("odd_minor", _odd_minor, lambda case: case.policy.even_odd_versions),
    Rule("other_stream", _other_stream, lambda case: case.policy.stream),
    Rule("unknown_word", _unknown_word, _words_tell),
    Rule("prerelease", _prerelease, lambda case: not case.follows_prereleases),
    Rule("yanked", _yanked, lambda case: True),
    Rule("no_sdist", _no_artefact, lambda case: case.recipe.artefact == "sdist"),
    Rule("no_wheel", _no_artefact, lambda case: case.recipe.artefact == "wheel"),
    Rule("jump", _jump, lambda case: case.numberings),
    Rule("cooldown", _cooling_down, lambda case: case.policy.cooldown_days),
    Rule("pinned", _pinned, lambda case: case.policy.pinned),
)


def reason(candidate: Candidate, case: Case) -> tuple[str, str] | None:
    """Rule and sentence that reject a candidate. What a person pinned, no rule rejects."""
    pinned = case.policy.pinned
    if pinned and same_version(pinned, candidate.version):
        return None
    for rule in case.rules:
        if sentence := rule.rejects(candidate, case):
            return rule.name, sentence
    return None
