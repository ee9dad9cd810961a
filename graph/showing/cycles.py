"""Cycles: feedstocks of which none can be built first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.models import Dependency, Feedstock
from graph.topology import Order, Pair


@dataclass(frozen=True, slots=True)
class Cycle:
    """Its members by name, and the edges between them, all of which order builds."""

    members: list[Feedstock]
    edges: list[Dependency]


def cycles() -> list[Cycle]:
    """Those of the last build, the greatest first."""
    members = Feedstock.objects.present().filter(in_cycle=True).defer("outcome").order_by("name")
    rows = {row.pk: row for row in members}
    edges = _edges_between(rows)
    found = Order(rows, _pairs(edges)).cycles()
    cycles = [_cycle({pk: rows[pk] for pk in rows if pk in ids}, edges) for ids in map(set, found)]
    return sorted(cycles, key=lambda cycle: (-len(cycle.members), cycle.members[0].name))


def _edges_between(rows: dict[int, Feedstock]) -> list[Dependency]:
    edges = Dependency.objects.ordering_builds().filter(
        feedstock__gone_at=None, feedstock__in_cycle=True, target__in_cycle=True
    )
    found = [edge for edge in edges.order_by("name") if edge.target_id in rows]
    for edge in found:
        edge.feedstock, edge.target = rows[edge.feedstock_id], rows[edge.target_id or 0]
    return sorted(found, key=lambda edge: edge.feedstock.name)


def _pairs(edges: Iterable[Dependency]) -> Iterator[Pair]:
    for edge in edges:
        if edge.target_id is not None:
            yield edge.feedstock_id, edge.target_id


def _cycle(members: dict[int, Feedstock], edges: Iterable[Dependency]) -> Cycle:
    inside = (edge for edge in edges if edge.feedstock_id in members and edge.target_id in members)
    return Cycle(list(members.values()), list(inside))
