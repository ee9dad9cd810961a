"""The shape of the graph: pure, from what recipes say to edges, layers and cycles.

An edge leads from a feedstock to what it needs. Edges that only a test needs are kept and marked,
but have no say in order, cycles and counts: nothing is built with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import networkx as nx

from graph import labels


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A feedstock: `requirements` and `run_exports` as `graph.models.Reading` describes them."""

    id: int
    name: str
    channel: int
    outputs: tuple[str, ...]
    requirements: Mapping[str, str]
    run_exports: Mapping[str, Mapping[str, Sequence[str]]]


class Edge(NamedTuple):
    """`feedstock` needs the package `name`, built by `target`: None where nobody known does.

    `labels` is a line of `graph.labels`; `via` the package whose run export brought it in. A tuple
    of plain values, so that the garbage collector needn't visit hundreds of thousands of them.
    """

    feedstock: int
    name: str
    target: int | None
    labels: str
    via: str = ""

    @property
    def test_only(self) -> bool:
        return labels.is_test_only(self.labels)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a feedstock stands: counts of feedstocks, and `depth`, the length of the longest chain
    of feedstocks that must be built before it, a cycle counting as one."""

    direct_dependents: int = 0
    dependents: int = 0
    dependencies: int = 0
    depth: int = 0
    in_cycle: bool = False


class Lookup:
    """Which feedstocks build a package, asked by a feedstock: its own channel comes first."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._builders: dict[str, list[Node]] = {}
        for node in nodes:
            # An unreadable recipe most likely builds what the feedstock is called.
            for output in node.outputs or (node.name,):
                self._builders.setdefault(output, []).append(node)

    def builders(self, name: str, channel: int) -> list[Node]:
        found = self._builders.get(name, [])
        if len(found) < 2:
            return found
        return [node for node in found if node.channel == channel] or found

    def ambiguous(self) -> dict[str, list[int]]:
        """Packages that several feedstocks of one channel build, with those feedstocks."""
        return {
            name: [node.id for node in nodes]
            for name, nodes in self._builders.items()
            if max(Counter(node.channel for node in nodes).values()) > 1
        }


def edges(nodes: Sequence[Node], lookup: Lookup) -> Iterator[Edge]:
    """All edges, by feedstock; what a feedstock needs of itself makes none."""
    for node in nodes:
        for name, (where, via) in _needed(node, lookup).items():
            builders = lookup.builders(name, node.channel)
            if not builders:
                yield Edge(node.id, name, None, where, via)
            elif node not in builders:
                for builder in builders:
                    yield Edge(node.id, name, builder.id, where, via)


def _needed(node: Node, lookup: Lookup) -> dict[str, tuple[str, str]]:
    """What a feedstock lists, and what that brings along: name to (labels, brought in by)."""
    needed = {name: (where, "") for name, where in node.requirements.items()}
    for name, where in node.requirements.items():
        for builder in lookup.builders(name, node.channel):
            if exports := builder.run_exports.get(name):
                _bring_along(needed, name, where, exports)
    return needed


def _bring_along(
    needed: dict[str, tuple[str, str]],
    via: str,
    where: str,
    exports: Mapping[str, Sequence[str]],
) -> None:
    """Run exports, by conda's rule: strong ones reach from build to host and run, all of them from
    host to run."""
    strong = exports.get("strong", ())
    weak = [name for kind in ("weak", "noarch") for name in exports.get(kind, ())]
    reach = [("build", ("host", "run"), strong), ("host", ("run",), [*strong, *weak])]
    for listed_in, sections, names in reach:
        if platforms := labels.read(where).get(listed_in):
            for name in names:
                known, by = needed.get(name, ("", via))
                needed[name] = (labels.added(known, sections, platforms), by)


class Order:
    """Layers, cycles and counts over the edges that order builds."""

    def __init__(self, nodes: Iterable[int], edges: Iterable[Edge]) -> None:
        self._graph: nx.DiGraph[int] = nx.DiGraph()
        self._graph.add_nodes_from(nodes)
        self._graph.add_edges_from(
            (edge.feedstock, edge.target)
            for edge in edges
            if edge.target is not None and not edge.test_only
        )

    @cached_property
    def _condensed(self) -> nx.DiGraph[int]:
        """The graph with each cycle as one node; `members` are the feedstocks of a node."""
        return nx.condensation(self._graph)

    def _members(self, group: int) -> set[int]:
        members: set[int] = self._condensed.nodes[group]["members"]
        return members

    def cycles(self) -> list[list[int]]:
        groups = (self._members(group) for group in self._condensed)
        return [sorted(members) for members in groups if len(members) > 1]

    @cached_property
    def layers(self) -> list[list[int]]:
        """Groups of the condensed graph; each layer needs only those before it."""
        return list(nx.topological_generations(self._condensed.reverse(copy=False)))

    def positions(self) -> dict[int, Position]:
        dependents = self._dependents()
        return {
            node: Position(
                direct_dependents=self._graph.in_degree(node),
                dependents=dependents[group],
                dependencies=self._graph.out_degree(node),
                depth=depth,
                in_cycle=len(self._members(group)) > 1,
            )
            for depth, layer in enumerate(self.layers)
            for group in layer
            for node in self._members(group)
        }

    def _dependents(self) -> dict[int, int]:
        """How many feedstocks depend on each group, however indirectly; members of a cycle depend
        on each other. Sets are the bits of integers: fast enough for hundreds of thousands."""
        bit = {node: 1 << place for place, node in enumerate(self._graph)}
        bits: dict[int, int] = {}
        counts: dict[int, int] = {}
        for layer in reversed(self.layers):
            for group in layer:
                own = sum(bit[node] for node in self._members(group))
                for dependent in self._condensed.predecessors(group):
                    own |= bits[dependent]
                bits[group] = own
                counts[group] = bits[group].bit_count() - 1
        return counts
