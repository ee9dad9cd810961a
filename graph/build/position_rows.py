"""The position columns of feedstocks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from graph import statements
from graph.models import Feedstock, FeedstockQuerySet
from graph.slices import SLICE, slices
from graph.topology import Position

Positions = dict[int, Position]
"""By id of the feedstock."""

COLUMNS = (
    "direct_dependents_count",
    "dependents_count",
    "dependencies_count",
    "depth",
    "in_cycle",
)


def known(feedstocks: Iterable[int] | None = None) -> Positions:
    """The positions of all feedstocks, or of these."""
    if feedstocks is None:
        return _known(Feedstock.objects.all())
    parts = (Feedstock.objects.filter(pk__in=part) for part in slices(feedstocks))
    return {pk: position for rows in parts for pk, position in _known(rows).items()}


def _known(rows: FeedstockQuerySet) -> Positions:
    columns = rows.values_list("pk", *COLUMNS)
    return {pk: Position(*said) for pk, *said in columns.iterator(chunk_size=SLICE)}


def write(before: Positions, after: Positions) -> int:
    """Update those that differ; returns how many."""
    changed = [(*after[pk], pk) for pk, said in before.items() if after.get(pk, said) != said]
    for part in slices(changed):
        with transaction.atomic():
            statements.update(Feedstock, COLUMNS, part)
    return len(changed)
