"""Building the graph: from what was read to edges and positions, writing only what changed.

The only writer of `Dependency`, `GraphBuild`, and the position columns of `Feedstock`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from graph.models import Channel, Dependency, Feedstock, GraphBuild, Output
from graph.slices import SLICE, slices
from graph.topology import Edge, Lookup, Node, Order, Position, edges

# Edges are small: so many are written as fast as a slice of anything else.
EDGES_AT_ONCE = 4 * SLICE

Progress = Callable[[int, int, str], None]

# Plain SQL, understood by SQLite and PostgreSQL, where the ORM would take most of a build's time:
# 20 seconds for 27,000 positions by `bulk_update()`, 15 for 300,000 edges by `bulk_create()`.
# A build at the same time may have been first with an edge, hence DO NOTHING.
INSERT_EDGE = (
    "INSERT INTO graph_dependency (feedstock_id, name, target_id, labels, via, test_only)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
UPDATE_POSITION = (
    "UPDATE graph_feedstock SET direct_dependents_count = %s, dependents_count = %s,"
    " dependencies_count = %s, depth = %s, in_cycle = %s WHERE id = %s"
)


def is_due() -> bool:
    """Whether a channel changed since the last build began."""
    changed = Channel.objects.aggregate(last=Max("changed_at"))["last"]
    last = GraphBuild.objects.finished().first()
    return changed is not None and (last is None or last.started_at <= changed)


def build(progress: Progress = lambda done, total, note: None) -> GraphBuild:
    """Build the graph of all present feedstocks. Two builds at once do no harm: each writes what
    the same rows say."""
    started, clock = timezone.now(), time.monotonic()
    progress(0, 4, "reading what recipes need")
    nodes = load_nodes()
    lookup = Lookup(nodes)
    wanted = list(edges(nodes, lookup))
    progress(1, 4, "ordering")
    order = Order([node.id for node in nodes], wanted)
    progress(2, 4, "writing edges")
    changed = _write_edges(wanted)
    progress(3, 4, "writing positions")
    changed += _write_positions(order.positions())
    return GraphBuild.objects.create(
        started_at=started,
        finished_at=timezone.now(),
        duration_s=round(time.monotonic() - clock, 3),
        changed=changed,
        layers=len(order.layers),
        **_counts(nodes, wanted),
        **_named(nodes, order, lookup),
    )


def load_nodes() -> list[Node]:
    outputs: dict[int, list[str]] = {}
    for feedstock, name in Output.objects.values_list("feedstock_id", "name"):
        outputs.setdefault(feedstock, []).append(name)
    rows = Feedstock.objects.present().values_list(
        "pk", "name", "channel_id", "reading__requirements", "reading__run_exports"
    )
    return [
        Node(pk, name, channel, tuple(outputs.get(pk, ())), needs or {}, exports or {})
        for pk, name, channel, needs, exports in rows.order_by("key").iterator(chunk_size=SLICE)
    ]


def _counts(nodes: Sequence[Node], wanted: Sequence[Edge]) -> dict[str, int]:
    """A node is a feedstock or a package that nobody known builds; an edge joins two nodes,
    however many packages of the one the other needs."""
    external = {edge.name for edge in wanted if edge.target is None}
    return {
        "feedstocks": len(nodes),
        "nodes": len(nodes) + len(external),
        "edges": len({(edge.feedstock, edge.target or edge.name) for edge in wanted}),
        "external": len(external),
    }


def _named(nodes: Sequence[Node], order: Order, lookup: Lookup) -> dict[str, Any]:
    names = _display_names(nodes)
    cycles = [sorted(names[node] for node in cycle) for cycle in order.cycles()]
    ambiguous = {
        name: sorted(names[node] for node in builders)
        for name, builders in sorted(lookup.ambiguous().items())
    }
    return {"cycles": sorted(cycles), "ambiguous": ambiguous}


def _display_names(nodes: Sequence[Node]) -> dict[int, str]:
    """A feedstock's name where only one has it, else its key: what commands and pages take."""
    taken = Counter(node.name for node in nodes)
    keys = (
        dict(Feedstock.objects.present().values_list("pk", "key"))
        if len(taken) < len(nodes)
        else {}
    )
    return {
        node.id: node.name if taken[node.name] == 1 else keys.get(node.id, node.name)
        for node in nodes
    }


def _write_edges(wanted: Iterable[Edge]) -> int:
    """Delete edges that are no more, update changed labels, add new ones; returns how many."""
    known = _known_edges()
    new: list[Edge] = []
    relabelled: list[tuple[int, Edge]] = []
    for edge in wanted:
        row = known.pop((edge.feedstock, edge.name, edge.target), None)
        if row is None:
            new.append(edge)
        elif row[1:] != (edge.labels, edge.via):
            relabelled.append((row[0], edge))
    _delete(pk for pk, _, _ in known.values())
    _relabel(relabelled)
    _add(new)
    return len(known) + len(relabelled) + len(new)


def _known_edges() -> dict[tuple[int, str, int | None], tuple[int, str, str]]:
    rows = Dependency.objects.values_list(
        "feedstock_id", "name", "target_id", "pk", "labels", "via"
    ).iterator(chunk_size=SLICE)
    return {row[:3]: row[3:] for row in rows}


def _delete(ids: Iterable[int]) -> None:
    for part in slices(ids):
        Dependency.objects.filter(pk__in=part).delete()


def _relabel(changed: list[tuple[int, Edge]]) -> None:
    for part in slices(changed):
        with transaction.atomic():
            for pk, edge in part:
                Dependency.objects.filter(pk=pk).update(
                    labels=edge.labels, via=edge.via, test_only=edge.test_only
                )


def _add(new: list[Edge]) -> None:
    rows = [(*edge, edge.test_only) for edge in new]
    for part in slices(rows, EDGES_AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(INSERT_EDGE, part)


def _write_positions(positions: dict[int, Position]) -> int:
    rows = Feedstock.objects.present().values_list(
        "pk",
        "direct_dependents_count",
        "dependents_count",
        "dependencies_count",
        "depth",
        "in_cycle",
    )
    changed = [
        (*_values(positions[pk]), pk)
        for pk, *said in rows
        if pk in positions and tuple(said) != _values(positions[pk])
    ]
    for part in slices(changed):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(UPDATE_POSITION, part)
    return len(changed)


def _values(position: Position) -> tuple[int, int, int, int, bool]:
    return (
        position.direct_dependents,
        position.dependents,
        position.dependencies,
        position.depth,
        position.in_cycle,
    )
