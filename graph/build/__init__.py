"""Building the graph: from what was read to edges and positions, writing only what changed.

The only writer of `Dependency`, `GraphBuild`, and the graph's columns of `Feedstock`. Either all
is built anew, or only what a few changed feedstocks can have changed; both end with the same rows.
A feedstock that is gone has no edges, and all of its position is zero.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from core import statements
from core.garbage import uncollected
from graph.build import changes, edge_rows, neighbourhood, nodes, position_rows, summary
from graph.build.changes import Difference
from graph.models import Channel, Dependency, Feedstock, GraphBuild
from graph.topology import Edge, Lookup, Order, Pair, edges, ordering

# Of more feedstocks than these, what they affect is most of the graph.
FEW = 1_000
# So many rows written tell the database that what it knows of the tables is out of date.
MANY = 20_000
# Of earlier builds, so many are remembered.
KEPT = 500
# What was read becomes visible when its transaction ends, a little after the time it carries.
OVERLAP = timedelta(minutes=2)

Progress = Callable[[int, int, str], None]


def _silent(done: int, total: int, note: str) -> None:
    """Progress that nobody watches."""


def is_due() -> bool:
    """Whether a channel changed since the last build began."""
    changed = Channel.objects.aggregate(last=Max("changed_at"))["last"]
    last = GraphBuild.objects.finished().first()
    return changed is not None and (last is None or last.started_at <= changed)


def update(progress: Progress = _silent) -> GraphBuild:
    """Build what was read, or is gone, since the last build began."""
    last = _last()
    if last is None:
        return build(progress)
    since = last.started_at - OVERLAP
    changed = Feedstock.objects.filter(Q(read_at__gte=since) | Q(gone_at__gte=since))
    return build(progress, set(changed.values_list("pk", flat=True)))


def build(progress: Progress = _silent, changed: Collection[int] | None = None) -> GraphBuild:
    """Build the graph of all present feedstocks.

    `changed` are the ids of those that were read or are gone since the last build: if they are few,
    only what they can have changed is looked at. Two builds at once do no harm: each writes what
    the same rows say.
    """
    last, clock = _last(), time.monotonic()
    compared = last or GraphBuild.objects.finished().first() or GraphBuild()
    row = GraphBuild.objects.create(started_at=timezone.now())
    with uncollected():
        if changed is None or last is None or len(changed) > FEW:
            difference = _build_all(row, progress)
        else:
            difference = _build_changed(row, last, set(changed), progress)
    if difference.written > MANY:
        statements.analyze(Dependency, Feedstock)
    summary.fill_in(row)
    row.changed = difference.written
    row.changes = changes.describe(difference, compared.cycles, row.cycles)
    row.finished_at, row.duration_s = timezone.now(), round(time.monotonic() - clock, 3)
    row.save()
    GraphBuild.objects.prune(KEPT)
    return row


def _last() -> GraphBuild | None:
    """The last build; None if it didn't end, and may have stopped halfway."""
    last = GraphBuild.objects.order_by("-started_at").first()
    return last if last and last.finished_at else None


def _build_all(row: GraphBuild, progress: Progress) -> Difference:
    progress(0, 4, "reading what recipes need")
    present = nodes.load()
    wanted = list(edges(present, Lookup(present)))
    progress(1, 4, "ordering")
    positions = _positions(ordering(wanted))
    progress(2, 4, "writing edges")
    known = edge_rows.known()
    written = edge_rows.write(known, wanted)
    before, after = edge_rows.ends(known), edge_rows.ends(wanted)
    progress(3, 4, "writing positions")
    rows = position_rows.known()
    provided = dict.fromkeys(rows, "") | {node.id: node.provides for node in present}
    written += position_rows.write(rows, positions, provided)
    row.edges = len(after)
    return Difference(written, *position_rows.new_and_gone(rows, provided), before, after)


def _build_changed(
    row: GraphBuild, last: GraphBuild, changed: set[int], progress: Progress
) -> Difference:
    progress(0, 2, "reading what changed recipes need")
    provided = nodes.provided(changed)
    affected = changed | nodes.affected(provided)
    around = nodes.around(affected)
    wanted = list(edges((node for node in around if node.id in affected), Lookup(around)))
    known, wanted = edge_rows.differing(edge_rows.known(affected), wanted)
    progress(1, 2, "writing what changed")
    rows, written = _write_changed(known, wanted, provided)
    before, after = edge_rows.ends(known), edge_rows.ends(wanted)
    row.edges = last.edges + len(after) - len(before)
    return Difference(written, *position_rows.new_and_gone(rows, provided), before, after)


def _write_changed(
    known: edge_rows.Known, wanted: list[Edge], provided: dict[int, str]
) -> tuple[position_rows.Rows, int]:
    """The rows of feedstocks that were looked at, as they were, and how many rows were written."""
    moved = neighbourhood.positions(set(ordering(known)), set(ordering(wanted)))
    if moved is None:
        written = edge_rows.write(known, wanted)
        rows = position_rows.known()
        return rows, written + position_rows.write(rows, _positions(edge_rows.pairs()), provided)
    rows, positions = moved
    rows |= position_rows.known(provided.keys() - rows.keys())
    # Both or neither: these positions were told from the edges as they were before.
    with transaction.atomic():
        written = edge_rows.write(known, wanted)
        return rows, written + position_rows.write(rows, positions, provided)


def _positions(pairs: Iterable[Pair]) -> position_rows.Positions:
    """Of all feedstocks, present or gone."""
    return Order(Feedstock.objects.values_list("pk", flat=True), pairs).positions()
