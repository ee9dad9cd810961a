"""The text of a recipe, cut to what a page can show."""

from __future__ import annotations

from dataclasses import dataclass

AROUND, MOST, LONGEST = 6, 1500, 500


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str
    fault: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`near` are the lines around the faulty one, if there is one; `lines` all that is shown."""

    near: list[Line]
    lines: list[Line]
    left_out: int


def excerpt(text: str, fault: int = 0) -> Excerpt:
    """`fault` counts from 1; 0 is none, and so is a line that the text doesn't have."""
    every = text.splitlines()
    lines = [
        Line(number, line[:LONGEST], number == fault)
        for number, line in enumerate(every[: max(MOST, fault + AROUND)], start=1)
    ]
    near = lines[max(0, fault - AROUND - 1) : fault + AROUND] if 0 < fault <= len(every) else []
    return Excerpt(near, lines[:MOST], max(0, len(every) - MOST))
