"""A row of small bars within text, without axes: the words beside it carry the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 60.0  # thousandths of the height, so that one among many stays visible


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar; or, where nothing is known, a stretch of `unknown`."""

    x: float
    y: float
    width: float
    height: float
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Sparkline:
    words: str
    marks: Sequence[Mark]


def sparkline(words: str, values: Sequence[int | None]) -> Sparkline:
    """`words` say what it shows, for those who don't see it. None is a gap, 0 is nothing."""
    most = max((each for each in values if each), default=1)
    room = 1000 / (len(values) or 1)
    marks = [
        _mark(place * room, room * 0.7, value, most)
        for place, value in enumerate(values)
        if value != 0
    ]
    return Sparkline(words, marks)


def _mark(x: float, width: float, value: int | None, most: int) -> Mark:
    if value is None:
        return Mark(round(x, 1), 960, round(width, 1), 40, unknown=True)
    height = max(LEAST, round(1000 * value / most, 1))
    return Mark(round(x, 1), 1000 - height, round(width, 1), height)
