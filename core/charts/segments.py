"""One bar that shows the parts of a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar. `x` and `width` are in thousandths of the bar's width."""

    name: str
    tone: str
    count: int
    percent: float
    x: float
    width: float


GAP = 3.0
LEAST = 6.0


def segments(parts: Iterable[tuple[str, str, int]]) -> list[Segment]:
    """A bar out of (name, tone, count): empty parts take no room, small ones stay visible."""
    shown = [part for part in parts if part[2] > 0]
    total = sum(count for _, _, count in shown)
    room = 1000 - GAP * (len(shown) - 1)
    widths = [max(LEAST, room * count / total) for _, _, count in shown]
    scale = room / sum(widths) if widths else 1.0
    found: list[Segment] = []
    x = 0.0
    for (name, tone, count), width in zip(shown, widths, strict=True):
        scaled = round(width * scale, 2)
        found.append(Segment(name, tone, count, 100 * count / total, round(x, 2), scaled))
        x += scaled + GAP
    return found
