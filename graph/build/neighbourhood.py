"""Positions after a change of a few edges, from the part of the graph that they can have changed.

Where a feedstock stands, and whether it is in a cycle, is told by what it needs, however
indirectly; how many depend on it, by how many more or fewer of these reach it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from graph.build import edge_rows, position_rows
from graph.build.position_rows import Positions, Rows
from graph.models import Dependency
from graph.slices import slices
from graph.topology import Order, Pair, Position

# In more feedstocks than these it is no faster than in all.
MOST = 4_000

End = Literal["feedstock", "target"]


def positions(before: set[Pair], after: set[Pair]) -> tuple[Rows, Positions] | None:
    """Of all that can have moved, the rows and where they will be; None where they are too many.

    `before` are the edges in the database of feedstocks that will have those of `after`.
    """
    lost, new = before - after, after - before
    users = _reach({feedstock for feedstock, _ in lost | new}, along="target")
    if users is None:
        return None
    part = _reach(users[0] | {target for _, target in new}, along="feedstock")
    if part is None:
        return None
    ids, pairs = part
    old, other = Order(ids, pairs).positions(), Order(ids, (pairs - lost) | new).positions()
    stored = position_rows.known(ids)
    return stored, {
        node: _moved(row.position, old[node], other[node]) for node, row in stored.items()
    }


def _moved(stored: Position, old: Position, new: Position) -> Position:
    """From where it stands to where it will, both told from a part of the graph."""
    return new._replace(
        direct_dependents=stored.direct_dependents + new.direct_dependents - old.direct_dependents,
        dependents=stored.dependents + new.dependents - old.dependents,
    )


def _reach(start: set[int], *, along: End) -> tuple[set[int], set[Pair]] | None:
    """These and all that use them (along targets), or all that they use, with the edges between;
    None where they are too many."""
    found, frontier = set(start), start
    edges: set[Pair] = set()
    while frontier and len(found) <= MOST:
        near = set(_edges(frontier, along))
        frontier = {pair[along == "feedstock"] for pair in near} - found
        found |= frontier
        edges |= near
    return (found, edges) if len(found) <= MOST else None


def _edges(ids: Iterable[int], along: End) -> Iterator[Pair]:
    for part in slices(ids):
        yield from edge_rows.pairs(Dependency.objects.filter(**{f"{along}__in": part}))
