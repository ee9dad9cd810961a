"""Who is affected by a change in a feedstock, and what it needs itself.

"All" follows the edges that order builds: what is only needed in tests changes nothing that is
built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from graph.models import Dependency, DependencyQuerySet, Feedstock
from graph.slices import slices

End = Literal["feedstock", "target"]


def direct_dependents(feedstock: Feedstock) -> DependencyQuerySet:
    """Edges to those that need it, the most needed of them first; those of tests included."""
    edges = Dependency.objects.present().filter(target=feedstock).select_related("feedstock")
    return edges.order_by("-feedstock__dependents_count", "feedstock__name", "name")


def direct_dependencies(feedstock: Feedstock) -> DependencyQuerySet:
    """Edges to what it needs, by name; those of tests and external ones included."""
    edges = Dependency.objects.filter(feedstock=feedstock).select_related("target")
    return edges.order_by("name", "target__key")


def all_dependents(feedstock: Feedstock) -> dict[int, int]:
    """Ids of all that need it, however indirectly, with their distance, 1 being direct."""
    return _reach(feedstock.pk, along="target", to="feedstock")


def all_dependencies(feedstock: Feedstock) -> dict[int, int]:
    """Ids of all that it needs, however indirectly, with their distance, 1 being direct."""
    return _reach(feedstock.pk, along="feedstock", to="target")


def _reach(start: int, *, along: End, to: End) -> dict[int, int]:
    distances = {start: 0}
    frontier = {start}
    while frontier:
        distance = distances[next(iter(frontier))] + 1
        frontier = set(_neighbours(frontier, along, to)) - distances.keys()
        distances |= dict.fromkeys(frontier, distance)
    del distances[start]
    return distances


def _neighbours(ids: Iterable[int], along: End, to: End) -> Iterator[int]:
    edges = Dependency.objects.internal().present().ordering_builds()
    for part in slices(ids):
        near = edges.filter(**{f"{along}__in": part})
        yield from near.values_list(f"{to}_id", flat=True).distinct()
