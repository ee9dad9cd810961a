"""Patterns that maintainers write in settings, run within a bound."""

from __future__ import annotations

import fnmatch
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import regex

from versions.outcomes import SLOW_PATTERN

MAX_PATTERN = 500
# One pattern may take so long over all that it is tried on in one look-up.
_SECONDS = 1.0


class BadPattern(ValueError):
    """A pattern that cannot be used; the text says why."""


@dataclass(slots=True)
class Pattern:
    """A regular expression and the time it has left. `where` is the setting it stands in."""

    text: str
    where: str = ""
    _compiled: Any = field(default=None, repr=False, compare=False)
    _left: float = field(default=_SECONDS, repr=False, compare=False)

    @classmethod
    def read(cls, text: str, where: str = "") -> Self:
        """A pattern from its text. Raises BadPattern."""
        return cls(text, where, _compile(_short(text)))

    @classmethod
    def glob(cls, text: str, where: str = "") -> Self:
        """A pattern with `*`, `?` and `[...]`, as of file names. Raises BadPattern."""
        return cls(text, where, _compile(fnmatch.translate(_short(text))))

    @property
    def groups(self) -> int:
        return int(self._compiled.groups)

    def fullmatch(self, text: str) -> Any:
        """A match of the whole text, or None. Raises OutcomeError `versions.slow_pattern`."""
        return self._timed(self._compiled.fullmatch, text)

    def findall(self, text: str) -> list[str]:
        """Every match in the text: its first group, or all of it. Raises as `fullmatch()`."""
        group = min(1, self.groups)
        return [match[group] or "" for match in self._timed(self._all, text)]

    def _all(self, text: str, timeout: float) -> list[Any]:
        return list(self._compiled.finditer(text, timeout=timeout))

    def _timed(self, match: Any, text: str) -> Any:
        started = time.monotonic()
        try:
            return match(text, timeout=max(self._left, 0.001))
        except TimeoutError:
            raise SLOW_PATTERN.error(pattern=self.text[:100], field=self.where) from None
        finally:
            self._left -= time.monotonic() - started


def _short(text: str) -> str:
    if len(text) > MAX_PATTERN:
        raise BadPattern(f"is longer than {MAX_PATTERN} characters")
    return text


@lru_cache(maxsize=1024)
def _compile(text: str) -> Any:
    try:
        return regex.compile(text)  # type: ignore[no-untyped-call]
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise BadPattern(f"is no regular expression: {error}") from None


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How a tag becomes a version: `extract` must match all of it, `replace` is what is made."""

    extract: Pattern
    replace: str

    @classmethod
    def read(cls, extract: Pattern, replace: str | None) -> Self:
        """Without `replace`, the version is the first group, or all. Raises BadPattern."""
        template = replace if replace is not None else rf"\g<{min(1, extract.groups)}>"
        _check_template(template, extract)
        return cls(extract, template)

    def apply(self, text: str) -> str | None:
        """The version in a tag; None for a tag that does not match."""
        match = self.extract.fullmatch(text)
        return None if match is None else str(match.expand(self.replace))


def _check_template(template: str, extract: Pattern) -> None:
    """Expand it on a match of the same groups, since a template is only checked when used."""
    names = sorted(_compile(extract.text).groupindex.items(), key=lambda each: each[1])
    named = {place: name for name, place in names}
    groups = (f"(?P<{named[n]}>)" if n in named else "()" for n in range(1, extract.groups + 1))
    try:
        _compile("".join(groups)).fullmatch("").expand(template)
    except (regex.error, IndexError, ValueError) as error:
        raise BadPattern(f"has a replacement that cannot be used: {error}") from None
