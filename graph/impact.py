"""Who is affected by a change in a feedstock, and what it needs itself.

"All" follows the edges that order builds: what is only needed in tests changes nothing that is
built.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Literal

from graph.models import Dependency, DependencyQuerySet, Feedstock, GraphBuild
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
    return _reach(feedstock.pk, lambda ids: _near(ids, along="target", to="feedstock"))


def all_dependencies(feedstock: Feedstock) -> dict[int, int]:
    """Ids of all that it needs, however indirectly, with their distance, 1 being direct."""
    return _reach(feedstock.pk, lambda ids: _near(ids, along="feedstock", to="target"))


def _reach(start: int, near: Callable[[set[int]], Iterable[int]]) -> dict[int, int]:
    distances = {start: 0}
    frontier = {start}
    while frontier:
        distance = distances[next(iter(frontier))] + 1
        frontier = set(near(frontier)) - distances.keys()
        distances |= dict.fromkeys(frontier, distance)
    del distances[start]
    return distances


def _near(ids: Iterable[int], along: End, to: End) -> Iterator[int]:
    edges = Dependency.objects.internal().present().ordering_builds()
    for part in slices(ids):
        near = edges.filter(**{f"{along}__in": part})
        yield from near.values_list(f"{to}_id", flat=True).distinct()


@dataclass(frozen=True, slots=True)
class Affected:
    """A feedstock that is built after another; `distance` is 1 where it needs that itself."""

    id: int
    distance: int
    outdated: bool


def affected(feedstock: Feedstock) -> list[Affected]:
    """All dependents as of the last build, the nearest first, and of these the ones that most
    others need."""
    graph = _Users.now()
    distances = _reach(feedstock.pk, graph.of)
    outdated = set(Feedstock.objects.outdated().values_list("pk", flat=True))
    rows = sorted((distance, graph.rank[pk], pk) for pk, distance in distances.items())
    return [Affected(pk, distance, pk in outdated) for distance, _, pk in rows]


class _Users:
    """Who needs whom, in memory, where all are reached in a fraction of the time that a database
    takes. `rank` orders feedstocks, the one that most others need first."""

    def __init__(self) -> None:
        rows = Feedstock.objects.present().order_by("-dependents_count", "name")
        self.rank = {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True))}
        self._of: dict[int, array[int]] = {}
        edges = Dependency.objects.internal().ordering_builds()
        for user, needed in edges.values_list("feedstock_id", "target_id").iterator():
            if needed is not None and user in self.rank:
                self._of.setdefault(needed, array("q")).append(user)

    def of(self, ids: Iterable[int]) -> Iterator[int]:
        return chain.from_iterable(self._of.get(each, ()) for each in ids)

    @classmethod
    def now(cls) -> _Users:
        """As of the last build; kept by the process until there is another one."""
        last = GraphBuild.objects.finished().values_list("pk", "finished_at").first()
        return _users(last) if last else cls()


@lru_cache(maxsize=1)
def _users(build: tuple[int, datetime | None]) -> _Users:
    return _Users()
