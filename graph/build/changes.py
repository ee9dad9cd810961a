"""What a build found different from the last one, for `GraphBuild.changes`.

{feedstocks, external, edges, cycles: {new, gone: {count, names}}}. Of each at most `MOST` are
named: a feedstock or package by its name, an edge as [user, needed], a cycle as its members, of
which no more are named either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from django.db.models import Count

from graph.build.display_names import display_names
from graph.build.edge_rows import Ends
from graph.models import Dependency
from graph.slices import slices

MOST = 20

Named = dict[str, Any]
"""{count, names}"""
Cycles = Iterable[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a build wrote: the number of rows, the feedstocks that came and that left, and the edges
    of all feedstocks that may have others now, as they were and as they are."""

    written: int
    new: list[int]
    gone: list[int]
    before: set[Ends]
    after: set[Ends]


def describe(difference: Difference, before: Cycles, after: Cycles) -> dict[str, dict[str, Named]]:
    """The document, from what was written to the database, and the cycles of two builds."""
    added = difference.after - difference.before
    removed = difference.before - difference.after
    came, left = _packages(added, removed)
    whole, broken = set(map(tuple, after)), set(map(tuple, before))
    return {
        "feedstocks": {"new": _feedstocks(difference.new), "gone": _feedstocks(difference.gone)},
        "external": {"new": _some(came), "gone": _some(left)},
        "edges": {"new": _edges(added), "gone": _edges(removed)},
        "cycles": {"new": _cycles(whole - broken), "gone": _cycles(broken - whole)},
    }


def _some(names: Collection[str]) -> Named:
    return {"count": len(names), "names": nsmallest(MOST, names)}


def _feedstocks(ids: Collection[int]) -> Named:
    return {"count": len(ids), "names": sorted(display_names(nsmallest(MOST, ids)).values())}


def _edges(edges: Collection[Ends]) -> Named:
    users = set(nsmallest(MOST, {user for user, _ in edges}))
    some = sorted((edge for edge in edges if edge[0] in users), key=str)[:MOST]
    names = display_names({end for edge in some for end in edge if isinstance(end, int)})
    named = [[end if isinstance(end, str) else names[end] for end in edge] for edge in some]
    return {"count": len(edges), "names": sorted(named)}


def _cycles(cycles: Collection[tuple[str, ...]]) -> Named:
    return {
        "count": len(cycles),
        "names": [list(cycle[:MOST]) for cycle in nsmallest(MOST, cycles)],
    }


def _packages(added: Iterable[Ends], removed: Iterable[Ends]) -> tuple[list[str], list[str]]:
    """Of the packages that nobody builds, those that came to be needed, and those that no longer
    are."""
    more, less = _external(added), _external(removed)
    now = _needed({*more, *less})
    before = {name: count - more[name] + less[name] for name, count in now.items()}
    came = [name for name, count in now.items() if count and not before[name]]
    left = [name for name, count in now.items() if before[name] and not count]
    return came, left


def _external(edges: Iterable[Ends]) -> Counter[str]:
    return Counter(needed for _, needed in edges if isinstance(needed, str))


def _needed(names: Iterable[str]) -> dict[str, int]:
    """How many feedstocks need each of these packages that nobody builds."""
    found: dict[str, int] = {}
    for part in slices(names):
        rows = Dependency.objects.external().filter(name__in=part).order_by().values("name")
        found |= dict.fromkeys(part, 0)
        found |= dict(rows.annotate(count=Count("pk")).values_list("name", "count"))
    return found
