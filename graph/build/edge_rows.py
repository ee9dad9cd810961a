"""The rows of edges: which are there, and making them those that are wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.db import transaction

from core import statements
from graph.models import Dependency, DependencyQuerySet
from graph.slices import SLICE, slices
from graph.topology import Edge, Pair

# Edges are small: so many are written as fast as a slice of anything else.
EDGES_AT_ONCE = 4 * SLICE

COLUMNS = ("feedstock", "name", "target", "labels", "via", "test_only")
LABELS = ("labels", "via", "test_only")

Fields = tuple[int, str, int | None, str, str]
"""Those of an edge, as plain values: the garbage collector needn't visit them."""
Known = dict[Fields, int]
"""Edges to the ids of their rows."""
Ends = tuple[int, int | str]
"""The nodes that an edge joins, however many packages of the one the other needs. A node is a
feedstock, or a package that nobody known builds."""


def known(feedstocks: Iterable[int] | None = None) -> Known:
    """The edges of all feedstocks, or of these."""
    if feedstocks is None:
        return _known(Dependency.objects.all())
    found: Known = {}
    for part in slices(feedstocks):
        found |= _known(Dependency.objects.filter(feedstock__in=part))
    return found


def _known(rows: DependencyQuerySet) -> Known:
    columns = rows.values_list("feedstock_id", "name", "target_id", "labels", "via", "pk")
    return {row[:5]: row[5] for row in columns.iterator(chunk_size=EDGES_AT_ONCE)}


def pairs(rows: DependencyQuerySet | None = None) -> Iterator[Pair]:
    """Who must be built after whom, after all edges or these."""
    rows = Dependency.objects.all() if rows is None else rows
    columns = rows.internal().ordering_builds().values_list("feedstock_id", "target_id")
    for feedstock, target in columns.iterator(chunk_size=EDGES_AT_ONCE):
        if target is not None:
            yield feedstock, target


def ends(edges: Iterable[Fields]) -> set[Ends]:
    return {(feedstock, target or name) for feedstock, name, target, _, _ in edges}


def differing(known: Known, wanted: Collection[Edge]) -> tuple[Known, list[Edge]]:
    """Both, without the feedstocks whose edges all stay as they are."""
    missing = [edge[0] for edge in wanted if edge not in known]
    touched = set(missing)
    if len(wanted) - len(missing) < len(known):
        touched.update(edge[0] for edge in known.keys() - set[Fields](wanted))
    return (
        {edge: pk for edge, pk in known.items() if edge[0] in touched},
        [edge for edge in wanted if edge.feedstock in touched],
    )


def write(known: Known, wanted: Iterable[Edge]) -> int:
    """Delete edges that are no more, update changed labels, add new ones; returns how many."""
    stale = dict(known)
    missing = [edge for edge in wanted if stale.pop(edge, None) is None]
    rows = {edge[:3]: pk for edge, pk in stale.items()}
    relabelled = [(edge, rows.pop(edge[:3])) for edge in missing if edge[:3] in rows]
    same = {edge for edge, _ in relabelled}
    new = [edge for edge in missing if edge not in same]
    _delete(rows.values())
    _relabel(relabelled)
    _add(new)
    return len(rows) + len(relabelled) + len(new)


def _delete(ids: Iterable[int]) -> None:
    for part in slices(ids):
        Dependency.objects.filter(pk__in=part).delete()


def _relabel(changed: Iterable[tuple[Edge, int]]) -> None:
    for part in slices(changed, EDGES_AT_ONCE):
        rows = [(edge.labels, edge.via, edge.test_only, pk) for edge, pk in part]
        with transaction.atomic():
            statements.update(Dependency, LABELS, rows)


def _add(new: Iterable[Edge]) -> None:
    for part in slices(new, EDGES_AT_ONCE):
        with transaction.atomic():
            statements.insert(Dependency, COLUMNS, [(*edge, edge.test_only) for edge in part])
