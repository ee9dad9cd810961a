"""Who is affected by a change in a feedstock, and what it needs itself.

"All" follows the edges that order builds: what is only needed in tests changes nothing that is
built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from django.db.models import Q

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


def neighbourhood(feedstock: Feedstock, needed: int, users: int) -> DependencyQuerySet:
    """Edges to what it needs, at most so many, and those from so many of the feedstocks that need
    it, the most needed of them."""
    own = feedstock.dependencies.order_by("name").values("pk")[:needed]
    of = Dependency.objects.filter(target=feedstock).values("feedstock")
    first = Feedstock.objects.present().filter(pk__in=of).order_by("-dependents_count", "name")
    edges = Dependency.objects.select_related("feedstock", "target")
    return edges.filter(
        Q(pk__in=own) | Q(target=feedstock, feedstock__in=first.values("pk")[:users])
    ).defer("feedstock__outcome", "target__outcome")


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


class Affected(NamedTuple):
    """A feedstock that is built after another; `distance` is 1 where it needs that itself."""

    id: int
    distance: int


def affected(feedstock: Feedstock) -> list[Affected]:
    """All dependents as of the last build, the nearest first, and of these the ones that most
    others need."""
    return _Users.now().reach(feedstock.pk)


class _Users:
    """Who needs whom, in memory, where all are reached in a fraction of the time that a database
    takes. A feedstock is known by its rank, the one that most others need having the first."""

    def __init__(self) -> None:
        rows = Feedstock.objects.order_by("-dependents_count", "name")
        self._ids = list(rows.values_list("pk", flat=True))
        self._rank = {pk: place for place, pk in enumerate(self._ids)}
        self._of: list[list[int]] = [[] for _ in self._ids]
        edges = Dependency.objects.internal().present().ordering_builds()
        for user, needed in edges.values_list("feedstock_id", "target_id").iterator():
            if needed in self._rank and user in self._rank:
                self._of[self._rank[needed]].append(self._rank[user])

    def reach(self, start: int) -> list[Affected]:
        found: list[Affected] = []
        seen = frontier = {self._rank[start]} if start in self._rank else set[int]()
        distance = 0
        while frontier := set[int]().union(*map(self._of.__getitem__, frontier)) - seen:
            distance += 1
            seen = seen | frontier
            found += [Affected(self._ids[each], distance) for each in sorted(frontier)]
        return found

    @classmethod
    def now(cls) -> _Users:
        """As of the last build; kept by the process until there is another one."""
        last = GraphBuild.objects.finished().values_list("pk", "finished_at").first()
        return _users(last) if last else cls()


@lru_cache(maxsize=1)
def _users(build: tuple[int, datetime | None]) -> _Users:
    return _Users()
