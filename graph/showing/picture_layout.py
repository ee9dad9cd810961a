"""Layered drawing: pure, from edges to places on a page.

Sugiyama's way: layers in the order of building, from left to right; lines that span several layers
bend in each; sweeps put everything near the middle of its neighbours, so that few lines cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import networkx as nx

from graph.slices import slices
from graph.topology import Pair

SWEEPS = 6
# More nodes of a layer than these stand in several columns.
TALLEST = 32
# In pixels: height of a node's row and of a line passing by, width between columns, and around.
ROW, BEND, GAP, MARGIN = 34.0, 14.0, 72.0, 16.0

Point = tuple[float, float]
Spot = tuple[int, int]
"""A node in a column, or where the lines of a node pass by that column: (node, column)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node, by its left end and the middle of its height."""

    x: float
    y: float
    width: float

    @property
    def right(self) -> Point:
        return self.x + self.width, self.y


@dataclass(frozen=True, slots=True)
class Line:
    """From what is needed to its user, through points. `closes` is one within a cycle."""

    needed: int
    user: int
    points: tuple[Point, ...]
    closes: bool = False

    @property
    def path(self) -> str:
        """As SVG draws it: curves that leave and arrive level, those that close a cycle bowed to
        the right."""
        curves = (self._curve(*ends) for ends in pairwise(self.points))
        x, y = self.points[0]
        return f"M{x:.0f} {y:.0f}{''.join(curves)}"

    def _curve(self, start: Point, end: Point) -> str:
        (x1, y1), (x2, y2) = start, end
        out, into = (GAP / 2, GAP / 2) if self.closes else ((x2 - x1) / 2, (x1 - x2) / 2)
        return f"C{x1 + out:.0f} {y1:.0f} {x2 + into:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    boxes: Mapping[int, Box]
    lines: tuple[Line, ...]


def draw(widths: Mapping[int, float], pairs: Iterable[Pair]) -> Drawing:
    """Draw nodes of these widths; a pair is a node and another that it needs.

    Lines that follow from others are left out: where a needs b, and b needs c, that a needs c.
    """
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(widths)
    graph.add_edges_from((needed, user) for user, needed in pairs if user != needed)
    groups = nx.condensation(graph)
    sketch = _Sketch(widths, _columns(graph, groups))
    lines = list(_essential(graph, groups))
    for needed, user in lines:
        sketch.connect(needed, user)
    sketch.settle()
    return sketch.drawing(lines)


def _columns(graph: nx.DiGraph[int], groups: nx.DiGraph[int]) -> dict[int, int]:
    """The column of each node: right of all that it needs, and as close to its users as can be."""
    layers = dict[int, int]()
    for layer, generation in enumerate(nx.topological_generations(groups)):
        layers |= dict.fromkeys(generation, layer)
    for group in reversed(list(nx.topological_sort(groups))):
        layers[group] = min((layers[each] - 1 for each in groups[group]), default=layers[group])
    stacks: dict[int, list[int]] = {}
    for node in graph:
        stacks.setdefault(layers[groups.graph["mapping"][node]], []).append(node)
    columns = (part for layer in sorted(stacks) for part in slices(stacks[layer], TALLEST))
    return {node: column for column, part in enumerate(columns) for node in part}


def _essential(graph: nx.DiGraph[int], groups: nx.DiGraph[int]) -> Iterator[Pair]:
    """(needed, user) of all lines to draw."""
    kept = nx.transitive_reduction(groups)
    group = groups.graph["mapping"]
    for needed, user in graph.edges:
        if group[needed] == group[user] or kept.has_edge(group[needed], group[user]):
            yield needed, user


@dataclass
class _Sketch:
    """Spots in columns, with their heights, while they find their places."""

    widths: Mapping[int, float]
    column_of: Mapping[int, int]
    columns: list[list[Spot]] = field(init=False)
    left: dict[Spot, list[Spot]] = field(default_factory=dict)
    right: dict[Spot, list[Spot]] = field(default_factory=dict)
    height: dict[Spot, float] = field(default_factory=dict)
    room: dict[Spot, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = [[] for _ in range(max(self.column_of.values(), default=-1) + 1)]
        for spot in self.column_of.items():
            self._add(spot, len(self.columns[spot[1]]))

    def _add(self, spot: Spot, place: int) -> None:
        self.columns[spot[1]].insert(place, spot)
        self.left[spot], self.right[spot] = [], []
        self.room[spot] = ROW if self._is_node(spot) else BEND

    def connect(self, needed: int, user: int) -> None:
        for before, after in pairwise(self._way(needed, user)):
            if after not in self.left:
                # A line that passes by begins in the middle, so that it isn't pushed to an end.
                self._add(after, len(self.columns[after[1]]) // 2)
            if before not in self.left[after]:
                self.left[after].append(before)
                self.right[before].append(after)

    def _way(self, needed: int, user: int) -> list[Spot]:
        """All lines of a node share one way, as far as they go together."""
        start, end = self.column_of[needed], self.column_of[user]
        passing = [(needed, column) for column in range(start + 1, end)]
        return [(needed, start), *passing, (user, end)] if start < end else []

    def settle(self) -> None:
        for column in self.columns:
            self._place(column, dict.fromkeys(column, 0.0))
        for _ in range(SWEEPS):
            for column in self.columns:
                self._pull(column, self.left)
            for column in reversed(self.columns):
                self._pull(column, self.right)
        both = {spot: [*self.left[spot], *self.right[spot]] for spot in self.left}
        for _ in range(SWEEPS):
            for column in self.columns:
                self._pull(column, both)

    def _pull(self, column: list[Spot], near: Mapping[Spot, list[Spot]]) -> None:
        """Put each spot near the middle of its neighbours."""
        wished = dict[Spot, float]()
        for spot in column:
            others = near[spot] or [spot]
            wished[spot] = sum(self.height[each] for each in others) / len(others)
        column.sort(key=wished.__getitem__)
        self._place(column, wished)

    def _place(self, column: list[Spot], wished: Mapping[Spot, float]) -> None:
        """As near to their wishes as their sizes, and the height of the picture, allow: halfway
        between what all get when first served from above, and from below."""
        down = self._rise(column, self._sink(column, wished))
        up = self._sink(column, self._rise(column, wished))
        self.height |= {spot: (down[spot] + up[spot]) / 2 for spot in column}

    def _sink(self, column: list[Spot], wished: Mapping[Spot, float]) -> dict[Spot, float]:
        """Each below the one before, and all below the upper border."""
        placed = dict[Spot, float]()
        border = -self._reach
        for spot in column:
            half = self.room[spot] / 2
            placed[spot] = max(wished[spot], border + half)
            border = placed[spot] + half
        return placed

    def _rise(self, column: list[Spot], wished: Mapping[Spot, float]) -> dict[Spot, float]:
        """Each above the one after, and all above the lower border."""
        turned = self._sink(column[::-1], {spot: -wish for spot, wish in wished.items()})
        return {spot: -wish for spot, wish in turned.items()}

    @cached_property
    def _reach(self) -> float:
        """How far the highest column extends from the middle."""
        return max(sum(self.room[spot] for spot in column) for column in self.columns) / 2

    def _is_node(self, spot: Spot) -> bool:
        return self.column_of[spot[0]] == spot[1]

    def drawing(self, lines: Iterable[Pair]) -> Drawing:
        edges = self._edges()
        top = min(self.height.values(), default=0.0) - MARGIN - ROW / 2
        boxes = {
            spot: Box(edges[spot[1]][0], self.height[spot] - top, edges[spot[1]][1])
            for column in self.columns
            for spot in column
        }
        right, width = edges[-1] if edges else (MARGIN, 0.0)
        return Drawing(
            width=right + width + MARGIN + GAP / 2,
            height=max((box.y for box in boxes.values()), default=0.0) + MARGIN + ROW / 2,
            boxes={spot[0]: box for spot, box in boxes.items() if self._is_node(spot)},
            lines=tuple(self._line(needed, user, boxes) for needed, user in lines),
        )

    def _edges(self) -> list[tuple[float, float]]:
        """Left end and width of each column."""
        found: list[tuple[float, float]] = []
        x = MARGIN
        for column in self.columns:
            width = max(self.widths[spot[0]] for spot in column if self._is_node(spot))
            found.append((x, width))
            x += width + GAP
        return found

    def _line(self, needed: int, user: int, boxes: Mapping[Spot, Box]) -> Line:
        way = self._way(needed, user)
        if not way:
            ends = [boxes[node, self.column_of[node]] for node in (needed, user)]
            return Line(needed, user, tuple(box.right for box in ends), closes=True)
        first, *passing, last = [boxes[spot] for spot in way]
        bends = [point for box in passing for point in ((box.x, box.y), box.right)]
        return Line(needed, user, (first.right, *bends, (last.x, last.y)))
