"""The whole graph at a glance: layer by layer, a cell for each feedstock in its status's colour.

Cells of one status lie side by side, so that the drawing has a handful of shapes for each layer
however many feedstocks there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from graph.models import Feedstock, Status

ACROSS, CELL = 120, 6

# In the order in which they are drawn; a tone is a class of the style sheet.
TONES = {
    Status.FAILING: "bad",
    Status.OUTDATED: "warn",
    Status.UNKNOWN: "quiet",
    Status.UP_TO_DATE: "good",
}


@dataclass(frozen=True, slots=True)
class Patch:
    """The cells of one status, as the `d` of a path."""

    tone: str
    path: str


@dataclass(frozen=True, slots=True)
class Layer:
    """Feedstocks that can be built once those of the layers before are; `counts` by status."""

    number: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def shares(self) -> list[tuple[Status, int]]:
        return [(status, self.counts[status]) for status in TONES]

    @property
    def width(self) -> int:
        return ACROSS * CELL

    @property
    def height(self) -> int:
        return -(-self.total // ACROSS) * CELL

    @property
    def patches(self) -> Iterator[Patch]:
        start = 0
        for status, count in self.shares:
            if count:
                yield Patch(TONES[status], "".join(_rectangles(start, start + count)))
            start += count

    @property
    def grid(self) -> str:
        """The lines between cells, one path for the whole layer."""
        columns = min(self.total, ACROSS)
        down = (f"M{CELL * at} 0v{self.height}" for at in range(1, columns))
        across = (f"M0 {at}h{self.width}" for at in range(CELL, self.height, CELL))
        return "".join([*down, *across])


def layers() -> list[Layer]:
    """All that have a present feedstock, the first to be built first."""
    rows = Feedstock.objects.present().order_by().values_list("depth", "status")
    found: dict[int, dict[str, int]] = {}
    for number, status, count in rows.annotate(Count("pk")):
        found.setdefault(number, dict.fromkeys(Status.values, 0))[status] = count
    return [Layer(number, found[number]) for number in sorted(found)]


def _rectangles(start: int, stop: int) -> Iterator[str]:
    """Cells from one to another, line by line: a rest of a line, full lines together, a rest."""
    while start < stop:
        line, column = divmod(start, ACROSS)
        lines = 1 if column else max(1, (stop - start) // ACROSS)
        cells = min(ACROSS - column, stop - start)
        width, height = cells * CELL, lines * CELL
        yield f"M{column * CELL} {line * CELL}h{width}v{height}h-{width}z"
        start += cells if lines == 1 else lines * ACROSS
