"""What a recipe's own tag teaches about all the other tags of its repository.

A recipe at 18.1.5 that downloads `llvmorg-18.1.5` says that releases are tagged `llvmorg-...`, so
that `sass_api/17.5.0` or a nightly `2024-01-01` beside them is foreign by rule, not by luck.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from versions.choosing.schemes import Scheme, is_prerelease

_WORD = re.compile(r"[0-9]+|[A-Za-z]+")
_USUAL_PREFIX = re.compile(r"(?:(?:version|release|ver|rel)[-_./]?)?v?[-_.]?(?=[0-9])", re.I)
_REVISION = re.compile(r"[0-9]-[0-9]")
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+)*")

# A gap is what stands between two words: which kinds of word it joins, and its text.
Gap = tuple[str, str]
_DOT: Gap = ("99", ".")
_HYPHEN: Gap = ("99", "-")


class ForeignTag(ValueError):
    """A tag that is none of this package's releases; the text says why."""


@dataclass(frozen=True, slots=True)
class TagPattern:
    """How releases are tagged: `prefix`, the version, `suffix`.

    `gaps` translates separators, so that `hdf5-1_14_3` is 1.14.3 and `7.1.1-15` is 7.1.1_15;
    `lead` is for the recipes that call their version v20. Not `learned` is the fallback, which
    knows the usual prefixes only.
    """

    prefix: str = ""
    suffix: str = ""
    lead: str = ""
    gaps: Mapping[Gap, str] = field(default_factory=dict)
    learned: bool = False

    def version(self, tag: str) -> str:
        """The version in a tag, spelled as this recipe spells versions. Raises ForeignTag."""
        body = self._body(tag)
        if self.learned and _REVISION.search(body) and _HYPHEN not in self.gaps:
            raise ForeignTag(f"{tag} ends in a build number, which the recipe's own tag does not")
        return self.lead + self._translate(body)

    def _body(self, tag: str) -> str:
        start = self._prefix_length(tag)
        if start is None or not tag.endswith(self.suffix) or not _is_digit(tag[start : start + 1]):
            raise ForeignTag(f"{tag} is not tagged like {self}")
        return tag[start : len(tag) - len(self.suffix)]

    def _prefix_length(self, tag: str) -> int | None:
        if not self.learned:
            usual = _USUAL_PREFIX.match(tag)
            return usual.end() if usual else None
        # Upstreams drop or add the `v` from one release to the next; that alone is not foreign.
        if self.prefix in ("", "v", "V"):
            return 1 if tag[:1] in ("v", "V") else 0
        return len(self.prefix) if tag.lower().startswith(self.prefix.lower()) else None

    def _translate(self, body: str) -> str:
        if _DOTTED.fullmatch(body) and self.gaps.get(_DOT, ".") == ".":
            return body
        words = list(_WORD.finditer(body))
        if not words or words[-1].end() != len(body):
            raise ForeignTag(f"{body} is not made of words and separators")
        text = words[0].group()
        for left, right in pairwise(words):
            gap = _gap(body, left, right)
            text += self.gaps.get(gap, _usual_gap(gap)) + right.group()
        return text

    def __str__(self) -> str:
        return f"{self.prefix}VERSION{self.suffix}" if self.learned else "a release"


def learn(tags: Iterable[str], version: str) -> TagPattern:
    """The pattern of the first tag that spells out the version; else the fallback."""
    for tag in tags:
        if pattern := _learn(tag, version):
            return pattern
    return TagPattern()


@lru_cache(maxsize=1024)
def spells(text: str, version: str) -> bool:
    """Whether a URL or tag contains the version, in any spelling of its separators."""
    return _find(list(_WORD.finditer(text)), list(_WORD.finditer(version))) is not None


def _learn(tag: str, version: str) -> TagPattern | None:
    lead = version[: len(version) - len(version.lstrip("vV"))]
    version = version[len(lead) :]
    tag_words, version_words = list(_WORD.finditer(tag)), list(_WORD.finditer(version))
    at = _find(tag_words, version_words)
    if at is None:
        return None
    found = tag_words[at : at + len(version_words)]
    suffix = tag[found[-1].end() :]
    if is_prerelease(suffix, Scheme.GENERIC):
        # A recipe at 1.0 that builds tag `1.0-rc2` must not wait for `2.0-rc2`.
        suffix = ""
    prefix = tag[: found[0].start()]
    return TagPattern(prefix, suffix, lead, _gaps(tag, found, version), learned=True)


def _gaps(tag: str, found: list[re.Match[str]], version: str) -> dict[Gap, str]:
    gaps: dict[Gap, str] = {}
    spelled = pairwise(_WORD.finditer(version))
    for (left, right), (its_left, its_right) in zip(pairwise(found), spelled, strict=True):
        between = version[its_left.end() : its_right.start()]
        gaps.setdefault(_gap(tag, left, right), between)
    return gaps


def _find(words: list[re.Match[str]], wanted: list[re.Match[str]]) -> int | None:
    """Where the wanted words stand in a row; best after a word of letters, and at the end."""
    if not wanted:
        return None
    size = len(wanted)
    last = len(words) - size
    places = [at for at in range(last + 1) if _matches(words[at : at + size], wanted)]
    return min(places, key=lambda at: (_splits_a_number(words, at), at != last, at), default=None)


def _splits_a_number(words: list[re.Match[str]], at: int) -> bool:
    return at > 0 and words[at - 1].group().isdigit()


def _matches(words: list[re.Match[str]], wanted: list[re.Match[str]]) -> bool:
    return all(_same_word(a.group(), b.group()) for a, b in zip(words, wanted, strict=True))


def _same_word(a: str, b: str) -> bool:
    return a.lstrip("0") == b.lstrip("0") if a.isdigit() and b.isdigit() else a.lower() == b.lower()


def _is_digit(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _gap(text: str, left: re.Match[str], right: re.Match[str]) -> Gap:
    kinds = ("9" if left.group().isdigit() else "a") + ("9" if right.group().isdigit() else "a")
    return kinds, text[left.end() : right.start()]


def _usual_gap(gap: Gap) -> str:
    """conda allows no `-` in a version: `1.0-rc1` is written 1.0rc1, and `1.3-2` is 1.3_2."""
    kinds, text = gap
    if text != "-":
        return text
    return "" if kinds in ("9a", "a9") else "_"
