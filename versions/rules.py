"""The rules that reject a candidate, in the order in which they are asked.

Each returns why it rejects, as a sentence for people, or "".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from rattler import Version

from versions.patterns import Pattern
from versions.policy import Policy
from versions.releases import Release
from versions.schemes import Scheme, parse, release_part, same_version, unknown_words

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


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at besides the candidate."""

    recipe: Recipe
    policy: Policy
    scheme: Scheme
    curated: bool
    now: datetime
    numberings: Counter[str] = field(default_factory=Counter)
    follows_prereleases: bool = True

    @property
    def current(self) -> Version | None:
        return parse(self.recipe.version)

    @property
    def numbers(self) -> tuple[int, ...]:
        return release_part(self.recipe.version)


def _tag_not_allowed(candidate: Candidate, case: Case) -> str:
    tag = candidate.release.tag
    if not tag or case.policy.allows_tag(tag):
        return ""
    return f"The tag {tag} matches none of allowed_tag_globs."


def _hidden(candidate: Candidate, case: Case) -> str:
    for version, reason in case.policy.hidden.items():
        if same_version(version, candidate.version):
            return f"A person hid {candidate.version}: {reason}"
    return ""


def _excluded(candidate: Candidate, case: Case) -> str:
    exclude = case.policy.exclude
    if not exclude:
        return ""
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
    if not stream or candidate.numbers[: len(stream)] == stream:
        return ""
    wanted = ".".join(map(str, stream))
    return f"{candidate.version} is not in the stream {wanted}.x, which the settings ask for."


def _cooling_down(candidate: Candidate, case: Case) -> str:
    released = candidate.release.released_at
    days = case.policy.cooldown_days
    if not days or released is None or case.now >= (ready := released + timedelta(days=days)):
        return ""
    until = ready.astimezone(UTC)
    return f"{candidate.version} cools down for {days:g} days, until {until:%Y-%m-%d %H:%M} UTC."


def _odd_minor(candidate: Candidate, case: Case) -> str:
    minor = candidate.numbers[1:2]
    if not case.policy.even_odd_versions or not minor or minor[0] % 2 == 0:
        return ""
    return f"{candidate.version} has an odd minor number, which marks development here."


def _yanked(candidate: Candidate, case: Case) -> str:
    return f"Upstream withdrew {candidate.version}." if candidate.release.yanked else ""


def _prerelease(candidate: Candidate, case: Case) -> str:
    if not candidate.prerelease or case.follows_prereleases:
        return ""
    return f"{candidate.version} is a pre-release, and the recipe follows final releases."


def _unknown_word(candidate: Candidate, case: Case) -> str:
    # A maintainer's own pattern or rewrite knows better which words belong to a version.
    if case.scheme not in _OPEN_SCHEMES or case.policy.include_pattern or case.policy.rewrite:
        return ""
    words = unknown_words(candidate.version, case.recipe.version, case.policy.prerelease_words)
    if not words:
        return ""
    return f"{candidate.version} contains {words[0]!r}, unlike the recipe's own version."


def _no_sdist(candidate: Candidate, case: Case) -> str:
    return _lacks(candidate, case, "sdist")


def _no_wheel(candidate: Candidate, case: Case) -> str:
    return _lacks(candidate, case, "wheel")


def _lacks(candidate: Candidate, case: Case, artefact: str) -> str:
    release = candidate.release
    if case.recipe.artefact != artefact or not release.artefacts_known:
        return ""
    if artefact in release.artefacts:
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
    if case.scheme is Scheme.CALENDAR:
        return ""
    first = candidate.numbers[0] if candidate.numbers else 0
    ours = case.numbers[0] if case.numbers else 0
    if first >= 100_000:
        return "" if ours >= 100_000 else "date"
    if 1900 <= first <= case.now.year + 1:
        return "" if ours >= 1900 else "year"
    return "large number" if first >= 100 and first > 10 * (ours + 1) else ""


def _pinned(candidate: Candidate, case: Case) -> str:
    pin = case.policy.pinned
    return f"A person pinned {pin}." if pin else ""


Rule = Callable[[Candidate, Case], str]

RULES: tuple[tuple[str, Rule], ...] = (
    ("tag_not_allowed", _tag_not_allowed),
    ("hidden", _hidden),
    ("excluded", _excluded),
    ("excluded", _excluded_by_pattern),
    ("not_included", _not_included),
    ("odd_minor", _odd_minor),
    ("other_stream", _other_stream),
    ("unknown_word", _unknown_word),
    ("prerelease", _prerelease),
    ("yanked", _yanked),
    ("no_sdist", _no_sdist),
    ("no_wheel", _no_wheel),
    ("jump", _jump),
    ("cooldown", _cooling_down),
    ("pinned", _pinned),
)


def reason(candidate: Candidate, case: Case) -> tuple[str, str] | None:
    """Rule and sentence that reject a candidate. What a person pinned, no rule rejects."""
    if case.policy.pinned and same_version(case.policy.pinned, candidate.version):
        return None
    for name, rule in RULES:
        if sentence := rule(candidate, case):
            return name, sentence
    return None
