"""The columns of feedstocks that a build writes: their positions, and what they provided then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import transaction

from core import statements
from graph.models import Feedstock, FeedstockQuerySet
from graph.slices import SLICE, slices
from graph.topology import Position

Positions = dict[int, Position]
"""By id of the feedstock."""

POSITION = (
    "direct_dependents_count",
    "dependents_count",
    "dependencies_count",
    "depth",
    "in_cycle",
)
COLUMNS = (*POSITION, "provided")


# These are short: so many are written as fast as a slice of anything else.
AT_ONCE = 4 * SLICE


class Row(NamedTuple):
    """What the last build wrote of a feedstock; `provided` as `graph.topology.Node.provides`."""

    position: Position
    provided: str


Rows = dict[int, Row]
"""By id of the feedstock."""


def known(feedstocks: Iterable[int] | None = None) -> Rows:
    """The rows of all feedstocks, or of these."""
    if feedstocks is None:
        return _known(Feedstock.objects.all())
    parts = (Feedstock.objects.filter(pk__in=part) for part in slices(feedstocks))
    return {pk: row for rows in parts for pk, row in _known(rows).items()}


def _known(rows: FeedstockQuerySet) -> Rows:
    columns = rows.values_list("pk", "provided", *POSITION).iterator(chunk_size=SLICE)
    return {pk: Row(Position(*position), provided) for pk, provided, *position in columns}


def write(before: Rows, positions: Positions, provided: Mapping[int, str]) -> int:
    """Update those that differ; returns how many. What isn't named stays as it is."""
    changed = [
        (*row.position, row.provided, pk)
        for pk, said in before.items()
        if (row := Row(positions.get(pk, said.position), provided.get(pk, said.provided))) != said
    ]
    for part in slices(changed, AT_ONCE):
        with transaction.atomic():
            statements.update(Feedstock, COLUMNS, part)
    return len(changed)


def new_and_gone(before: Rows, provided: Mapping[int, str]) -> tuple[list[int], list[int]]:
    """Feedstocks that came into the graph, and that left it."""
    pairs = [(pk, row.provided, provided.get(pk, row.provided)) for pk, row in before.items()]
    new = [pk for pk, then, now in pairs if now and not then]
    gone = [pk for pk, then, now in pairs if then and not now]
    return new, gone
