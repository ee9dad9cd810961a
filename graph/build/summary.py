"""What a build says of the whole graph, counted in the rows that it left."""

from __future__ import annotations

from django.db.models import Count, Max

from graph.build import edge_rows, nodes
from graph.build.display_names import display_names
from graph.models import Dependency, Feedstock, GraphBuild, Output
from graph.slices import slices
from graph.topology import Lookup, Order


def fill_in(row: GraphBuild) -> None:
    """All but the number of edges, for which a database would sort them all."""
    present = Feedstock.objects.present().aggregate(count=Count("pk"), deepest=Max("depth"))
    row.feedstocks = present["count"]
    row.layers = 0 if present["deepest"] is None else present["deepest"] + 1
    external = Dependency.objects.external().aggregate(count=Count("name", distinct=True))
    row.external = external["count"]
    row.nodes = row.feedstocks + row.external
    row.cycles = _cycles()
    row.ambiguous = _ambiguous()


def _cycles() -> list[list[str]]:
    members = set(Feedstock.objects.present().filter(in_cycle=True).values_list("pk", flat=True))
    parts = (Dependency.objects.filter(feedstock__in=part) for part in slices(members))
    pairs = (pair for rows in parts for pair in edge_rows.pairs(rows) if pair[1] in members)
    names = display_names(members)
    cycles = Order(members, pairs).cycles()
    return sorted(sorted(names[each] for each in cycle) for cycle in cycles)


def _ambiguous() -> dict[str, list[str]]:
    builders = nodes.load(nodes.builders_of(_perhaps_ambiguous()))
    names = display_names(node.id for node in builders)
    found = Lookup(builders).ambiguous()
    return {name: sorted(names[each] for each in ids) for name, ids in sorted(found.items())}


def _perhaps_ambiguous() -> set[str]:
    """Packages that two feedstocks of a channel build, or that one is called which can't be read:
    another may build that."""
    outputs = Output.objects.filter(feedstock__gone_at=None).order_by()
    shared = outputs.values("name", "feedstock__channel").annotate(count=Count("pk"))
    unread = Feedstock.objects.present().filter(outputs=None).order_by()
    return set(shared.filter(count__gt=1).values_list("name", flat=True)).union(
        unread.values_list("name", flat=True)
    )
