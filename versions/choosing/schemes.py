"""How versions are written and ordered.

The order is conda's own, from rattler. Traps that callers need not know again: `v1.2 < 1.2`
there, letters sort before nothing (`1.0rc1 < 1.0`, and `1.1.1a < 1.1.1` too), and a version may
mix `_` and `-` in no way.
"""

from __future__ import annotations

import re
from collections.abc import Set
from enum import StrEnum
from functools import lru_cache

from packaging.version import InvalidVersion
from packaging.version import Version as Pep440Version
from rattler import Version
from rattler.exceptions import InvalidVersionError


class Scheme(StrEnum):
    """Who decides what a version means: the Python standard, R, https://semver.org, or nobody;
    then it may at least be known that versions are dates."""

    PEP440 = "pep440"
    R = "r"
    SEMVER = "semver"
    CALENDAR = "calendar"
    GENERIC = "generic"


# Projects number alike: so many spellings serve most of a channel's.
_REMEMBERED = 16_384

# A version reaches file names, URLs and branch names, so nothing else is let in.
_WELL_FORMED = re.compile(r"[A-Za-z0-9._+!-]{1,64}")
_RELEASE = re.compile(r"(?:[0-9]{1,9}!)?([0-9]{1,64}(?:[._-][0-9]{1,64})*)")
_NUMBER = re.compile(r"[0-9]+")
_WORD = re.compile(r"[A-Za-z]+")
_PEP440_LIKE = re.compile(r"[0-9][ab][0-9]")
_FINAL_LETTER = re.compile(r"[0-9]([a-z])$", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9.]+")
_PEP440_FINAL = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")
_SEMVER = re.compile(
    rf"({_PLAIN.pattern})(?:-?([A-Za-z][0-9A-Za-z.-]*)|-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)

_PRERELEASE_WORDS = frozenset(
    {
        *("alpha", "beta", "rc", "cr", "candidate", "pre", "prerelease", "preview", "milestone"),
        *("dev", "devel", "develop", "snapshot", "nightly", "canary", "insiders", "git", "wip"),
        *("test", "testing", "unstable", "experimental", "eap", "init", "pc"),
    }
)
_KNOWN_WORDS = _PRERELEASE_WORDS | {"post"}


@lru_cache(maxsize=_REMEMBERED)
def parse(text: str) -> Version | None:
    """The version as conda orders it; None for what conda would refuse."""
    if not _WELL_FORMED.fullmatch(text):
        return None
    try:
        return Version(text)
    except InvalidVersionError:
        return None


def same_version(a: str, b: str) -> bool:
    """Whether conda takes both for one version: `1.3-2` and `1.3_2`, `1.0` and `1.0.0`."""
    first, second = parse(a), parse(b)
    if first is None or second is None:
        return a == b
    return first == second


def normalise(text: str, scheme: Scheme) -> str | None:
    """The spelling that a recipe would use; None if this is no version in its scheme."""
    if not _WELL_FORMED.fullmatch(text):
        return None
    if scheme is Scheme.PEP440:
        return _normalise_pep440(text)
    if scheme is Scheme.SEMVER:
        return _normalise_semver(text)
    return text.replace("-", "_") if scheme is Scheme.R else text


@lru_cache(maxsize=_REMEMBERED)
def _pep440(text: str) -> Pep440Version | None:
    try:
        return Pep440Version(text)
    except InvalidVersion:
        return None


def _normalise_pep440(text: str) -> str | None:
    if _PEP440_FINAL.fullmatch(text):
        return text
    version = _pep440(text)
    return None if version is None else str(version)


def _normalise_semver(text: str) -> str | None:
    """Without build metadata, and without the hyphen, which conda does not allow in a version."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        return None
    return match[1] + (match[2] or "").replace("-", "_") + (f"_{match[3]}" if match[3] else "")


def is_prerelease(text: str, scheme: Scheme, extra: Set[str] = frozenset()) -> bool:
    """Whether the version itself says so, in `extra` words (lower case) too.

    `1.1.1w`, `2024a` and `8.1p1` are final.
    """
    if _NUMBERS.fullmatch(text):
        return False
    words = {word.lower() for word in _WORD.findall(text)}
    if words & extra:
        return True
    if scheme is Scheme.PEP440 and (version := _pep440(text)):
        return version.is_prerelease
    if scheme is Scheme.R:
        return False
    if scheme is Scheme.SEMVER:
        return not _PLAIN.fullmatch(text)
    return bool(words & _PRERELEASE_WORDS) or bool(_PEP440_LIKE.search(text.lower()))


@lru_cache(maxsize=_REMEMBERED)
def release_part(text: str) -> tuple[int, ...]:
    """The leading numbers, without any epoch: (1, 2) for `1.2rc1`, (2018,) for `2018_U4`."""
    match = _RELEASE.match(text)
    return tuple(int(number) for number in _NUMBER.findall(match[1])) if match else ()


def unknown_words(text: str, current: str, extra: Set[str] = frozenset()) -> list[str]:
    """Words that neither the recipe's own version nor `extra` nor any habit of versions explains.

    One letter right behind the last digit (`1.1.1w`) is a habit; `79.x` and `1.2-linux` are not.
    """
    familiar = {word.lower() for word in _WORD.findall(current)} | _KNOWN_WORDS | extra
    if letter := _FINAL_LETTER.search(text):
        text = text[: letter.start(1)]
    if _PEP440_LIKE.search(text.lower()):
        familiar |= {"a", "b"}
    return [word for word in _WORD.findall(text) if word.lower() not in familiar]
