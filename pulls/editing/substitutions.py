"""Exchanging spans of a text, and telling which lines that changes."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pulls.editing.model import Edit

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Substitution:
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str
    why: str = ""


class OverlapError(Exception):
    """Two substitutions want different things of the same characters."""


def apply(text: str, substitutions: Iterable[Substitution]) -> str:
    """Raises OverlapError."""
    pieces, position = [], 0
    for each in _in_order(substitutions):
        pieces += [text[position : each.start], each.new]
        position = each.end
    return "".join([*pieces, text[position:]])


def _in_order(substitutions: Iterable[Substitution]) -> Iterator[Substitution]:
    spans: dict[tuple[int, int, str], Substitution] = {}
    for each in substitutions:
        spans.setdefault((each.start, each.end, each.new), each)
    position = 0
    for each in sorted(spans.values()):
        if each.start < position:
            raise OverlapError
        position = each.end
        yield each


class Lines:
    """Where the lines of a text begin; their ends may be of any kind, also mixed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def number(self, position: int) -> int:
        """The line of a position, counted from 1."""
        return bisect_right(self._starts, position)

    def span(self, number: int) -> tuple[int, int]:
        """Where a line begins, and where it ends without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self._text)
        return start, start + len(self._text[start:end].rstrip("\r\n"))


def edits(text: str, substitutions: Iterable[Substitution]) -> tuple[Edit, ...]:
    """The lines that differ, each with all reasons. No substitution holds a line end."""
    lines = Lines(text)
    by_line: dict[int, list[Substitution]] = {}
    for each in _in_order(substitutions):
        if text[each.start : each.end] != each.new:
            by_line.setdefault(lines.number(each.start), []).append(each)
    return tuple(_edit(text, lines, number, by_line[number]) for number in sorted(by_line))


def _edit(text: str, lines: Lines, number: int, changes: list[Substitution]) -> Edit:
    start, end = lines.span(number)
    before = text[start:end]
    moved = [
        Substitution(each.start - start, each.end - start, each.new, each.why) for each in changes
    ]
    why = "; ".join(dict.fromkeys(each.why for each in changes))
    return Edit(number, before, apply(before, moved), why)


def unified_diff(path: str, before: str, after: str) -> str:
    """A diff that `git apply` takes; line ends are part of its lines."""
    name = path.lstrip("/")
    diff = difflib.unified_diff(_kept(before), _kept(after), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff
    )


def _kept(text: str) -> list[str]:
    """Lines as git knows them, with their ends: `splitlines()` would split at more."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
