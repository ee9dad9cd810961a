"""The shape of the graph: pure, from what recipes say to edges, layers and cycles.

An edge leads from a feedstock to what it needs. Edges that only a test needs are kept and marked,
but have no say in order, cycles and counts: nothing is built with them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import networkx as nx
import orjson

from graph import labels

Pair = tuple[int, int]
Neighbours = dict[int, set[int]]
Exports = Mapping[str, Sequence[str]]
"""Kind of run export to the packages it brings along."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A feedstock: `requirements` and `run_exports` as `graph.models.Reading` describes them."""

    id: int
    name: str
    channel: int
    outputs: tuple[str, ...]
    requirements: Mapping[str, str]
    run_exports: Mapping[str, Exports]

    @property
    def builds(self) -> tuple[str, ...]:
        """Its packages. An unreadable recipe most likely builds what the feedstock is called."""
        return self.outputs or (self.name,)

    @property
    def provides(self) -> str:
        """A digest of all that edges of those who use it depend on."""
        document = [sorted(self.builds), self.run_exports]
        text = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(text, digest_size=8).hexdigest()


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


class Position(NamedTuple):
    """Where a feedstock stands: counts of feedstocks, and `depth`, the length of the longest chain
    of feedstocks that must be built before it, a cycle counting as one."""

    direct_dependents: int = 0
    dependents: int = 0
    dependencies: int = 0
    depth: int = 0
    in_cycle: bool = False


class Lookup:
    """Which feedstocks build a package, asked by a feedstock: what it builds itself comes first,
    then its own channel."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._builders: dict[str, list[Node]] = {}
        self._exporting: set[str] = set()
        for node in nodes:
            self._exporting.update(node.run_exports)
            for output in node.builds:
                self._builders.setdefault(output, []).append(node)

    def builders(self, name: str, user: Node) -> list[Node]:
        found = self._builders.get(name, [])
        if len(found) < 2:
            return found
        if user in found:
            return [user]
        return [node for node in found if node.channel == user.channel] or found

    def exports(self, user: Node) -> Iterator[tuple[str, Exports]]:
        """What the packages that a feedstock lists bring along: each with run exports of those who
        build it."""
        for name in filter(self._exporting.__contains__, user.requirements):
            for builder in self.builders(name, user):
                if exports := builder.run_exports.get(name):
                    yield name, exports

    def ambiguous(self) -> dict[str, list[int]]:
        """Packages that several feedstocks of one channel build, with those feedstocks."""
        return {
            name: [node.id for node in nodes]
            for name, nodes in self._builders.items()
            if max(Counter(node.channel for node in nodes).values()) > 1
        }


def edges(nodes: Iterable[Node], lookup: Lookup) -> Iterator[Edge]:
    """All edges of these, by feedstock; what a feedstock needs of itself makes none."""
    for node in nodes:
        needed, via = _needed(node, lookup)
        for name, where in needed.items():
            builders = lookup.builders(name, node)
            if not builders:
                yield Edge(node.id, name, None, where, via.get(name, ""))
            for builder in builders:
                if builder is not node:
                    yield Edge(node.id, name, builder.id, where, via.get(name, ""))


def _needed(node: Node, lookup: Lookup) -> tuple[Mapping[str, str], dict[str, str]]:
    """What a feedstock lists, and what that brings along: name to labels, and for what it doesn't
    list, name to the package that brought it in."""
    needed, via = dict(node.requirements), dict[str, str]()
    for listed, exports in lookup.exports(node):
        for name, labelled in _brought(needed, node.requirements[listed], exports):
            needed[name] = labelled
            if name not in node.requirements:
                via.setdefault(name, listed)
    return needed, via


def _brought(needed: Mapping[str, str], where: str, exports: Exports) -> Iterator[tuple[str, str]]:
    """Run exports, by conda's rule: strong ones reach from build to host and run, all of them from
    host to run."""
    strong = exports.get("strong", ())
    weak = [name for kind in ("weak", "noarch") for name in exports.get(kind, ())]
    reach = [("build", ("host", "run"), strong), ("host", ("run",), [*strong, *weak])]
    for listed_in, sections, names in reach:
        if platforms := labels.read(where).get(listed_in):
            for name in names:
                yield name, labels.added(needed.get(name, ""), sections, platforms)


def ordering(edges: Iterable[tuple[int, str, int | None, str, str]]) -> Iterator[Pair]:
    """Who must be built after whom."""
    for feedstock, _, target, where, _ in edges:
        if target is not None and not labels.is_test_only(where):
            yield feedstock, target


class Order:
    """Layers, cycles and counts over the edges that order builds.

    `pairs` lead from a feedstock to one that it needs; both are among `nodes`.
    """

    def __init__(self, nodes: Iterable[int], pairs: Iterable[Pair]) -> None:
        self._needs: Neighbours = {node: set() for node in nodes}
        for feedstock, target in pairs:
            self._needs[feedstock].add(target)
        self._users = _turned(self._needs)

    def cycles(self) -> list[list[int]]:
        return [sorted(members) for members in self._cycles]

    @cached_property
    def _cycles(self) -> list[set[int]]:
        tangled = _tangled(self._needs, self._users)
        graph: nx.DiGraph[int] = nx.DiGraph({node: self._needs[node] & tangled for node in tangled})
        return [each for each in nx.strongly_connected_components(graph) if len(each) > 1]

    @cached_property
    def _members(self) -> dict[int, set[int]]:
        """Groups by their first member: each cycle, and each feedstock that is in none."""
        in_cycles = {node for cycle in self._cycles for node in cycle}
        alone = {node: {node} for node in self._needs if node not in in_cycles}
        return alone | {min(cycle): cycle for cycle in self._cycles}

    @cached_property
    def _condensed(self) -> tuple[Neighbours, Neighbours]:
        """The graph with each cycle as one node: what groups need, and their users."""
        needs, users = dict(self._needs), dict(self._users)
        for cycle in self._cycles:
            _condense(cycle, needs, users)
            _condense(cycle, users, needs)
        return needs, users

    @cached_property
    def layers(self) -> list[list[int]]:
        """Groups, each by its first member; a layer needs only those before it."""
        return list(_generations(*self._condensed))

    def positions(self) -> dict[int, Position]:
        dependents = self._dependents()
        return {
            node: Position(
                direct_dependents=len(self._users[node]),
                dependents=dependents[group],
                dependencies=len(self._needs[node]),
                depth=depth,
                in_cycle=len(self._members[group]) > 1,
            )
            for depth, layer in enumerate(self.layers)
            for group in layer
            for node in self._members[group]
        }

    def _dependents(self) -> dict[int, int]:
        """How many feedstocks depend on each group, however indirectly; members of a cycle depend
        on each other. Sets are the bits of integers: fast enough for hundreds of thousands. Those
        that most reach have the lowest bits, which keeps the integers short."""
        _, users = self._condensed
        bits: dict[int, int] = {}
        place = 0
        for layer in reversed(self.layers):
            for group in layer:
                size = len(self._members[group])
                reached = ((1 << size) - 1) << place
                place += size
                for user in users[group]:
                    reached |= bits[user]
                bits[group] = reached
        return {group: reached.bit_count() - 1 for group, reached in bits.items()}


def _turned(neighbours: Neighbours) -> Neighbours:
    """The same edges, the other way round."""
    turned: Neighbours = {node: set() for node in neighbours}
    for node, others in neighbours.items():
        for other in others:
            turned[other].add(node)
    return turned


def _condense(cycle: set[int], near: Neighbours, far: Neighbours) -> None:
    """Make a cycle one node, in one direction of the edges; `far` is the other one."""
    outside = set[int]().union(*(near.pop(node) for node in cycle)) - cycle
    near[min(cycle)] = outside
    for node in outside:
        far[node] = (far[node] - cycle) | {min(cycle)}


def _generations(needs: Neighbours, users: Neighbours) -> Iterator[list[int]]:
    """Nodes that need nothing, then those that need only these, and so on, up to the first cycle
    and all that needs it."""
    waiting = {node: len(others) for node, others in needs.items()}
    layer = [node for node, count in waiting.items() if not count]
    while layer:
        yield layer
        following = []
        for node in layer:
            for user in users[node]:
                waiting[user] -= 1
                if not waiting[user]:
                    following.append(user)
        layer = following


def _tangled(needs: Neighbours, users: Neighbours) -> set[int]:
    """The cycles and what lies between them, in which to look for cycles is quick: few nodes of
    many remain, once those in no cycle are taken away from both ends."""
    free = {
        node
        for ends in ((needs, users), (users, needs))
        for layer in _generations(*ends)
        for node in layer
    }
    return needs.keys() - free
