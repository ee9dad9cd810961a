"""What feedstocks build and need, out of what was read; and which of them a change can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from graph.models import Dependency, Feedstock, FeedstockQuerySet, Output
from graph.slices import SLICE, slices
from graph.topology import Node

# To read all is faster than to ask for more than these.
MANY = 2_000

COLUMNS = ("pk", "name", "channel_id", "needs", "exports")
# As texts, because Django takes five times as long to read them.
TEXTS = {
    "needs": Cast("reading__requirements", TextField()),
    "exports": Cast("reading__run_exports", TextField()),
}


def load(ids: Iterable[int] | None = None) -> list[Node]:
    """Present feedstocks: all, or those of these ids."""
    if ids is None:
        return list(_nodes(Feedstock.objects.present(), Output.objects.values_list(*_OUTPUT)))
    return [node for part in slices(ids) for node in _some(part)]


_OUTPUT = ("feedstock_id", "name")


def _some(ids: list[int]) -> Iterator[Node]:
    outputs = Output.objects.filter(feedstock__in=ids).values_list(*_OUTPUT)
    return _nodes(Feedstock.objects.present().filter(pk__in=ids), outputs)


def _nodes(rows: FeedstockQuerySet, outputs: Iterable[tuple[int, str]]) -> Iterator[Node]:
    built: dict[int, list[str]] = {}
    for feedstock, name in outputs:
        built.setdefault(feedstock, []).append(name)
    columns = rows.annotate(**TEXTS).order_by("pk").values_list(*COLUMNS)
    for pk, name, channel, *texts in columns.iterator(chunk_size=SLICE):
        yield Node(pk, name, channel, tuple(built.get(pk, ())), *map(_from_json, texts))


def _from_json(text: str | None) -> dict[str, Any]:
    """None where nothing was ever read."""
    return dict(orjson.loads(text)) if text else {}


def provided(ids: Iterable[int]) -> dict[int, str]:
    """Those of these that provide something else than at the last build, with the digest of what
    they provide now: empty if they are gone."""
    found: dict[int, str] = {}
    for part in slices(ids):
        now = {node.id: node.provides for node in load(part)}
        rows = Feedstock.objects.filter(pk__in=part).values_list("pk", "provided")
        found |= {pk: now.get(pk, "") for pk, before in rows if before != now.get(pk, "")}
    return found


def affected(changed: Iterable[int]) -> set[int]:
    """Feedstocks whose edges may differ because these provide something else: all that use them,
    and all that need what they build now."""
    names = {name for node in load(changed) for name in node.builds}
    return {*_users(builders_of(names).union(changed)), *_in_want_of(names)}


def _users(ids: Iterable[int]) -> Iterator[int]:
    for part in slices(ids):
        edges = Dependency.objects.filter(target__in=part)
        yield from edges.values_list("feedstock_id", flat=True).distinct()


def _in_want_of(names: Iterable[str]) -> Iterator[int]:
    for part in slices(names):
        edges = Dependency.objects.external().filter(name__in=part)
        yield from edges.values_list("feedstock_id", flat=True).distinct()


def builders_of(names: Iterable[str]) -> set[int]:
    """Present feedstocks that build any of these packages."""
    found: set[int] = set()
    for part in slices(names):
        outputs = Output.objects.filter(name__in=part, feedstock__gone_at=None)
        found.update(outputs.values_list("feedstock_id", flat=True))
        unread = Feedstock.objects.present().filter(name__in=part, outputs=None)
        found.update(unread.values_list("pk", flat=True))
    return found


def around(ids: set[int]) -> list[Node]:
    """These feedstocks, and all that build what they need, and what that brings along."""
    if len(ids) > MANY:
        return load()
    found = load(ids)
    found += _builders({name for node in found for name in node.requirements}, found)
    found += _builders(set(_brought_along(found)), found)
    return found


def _builders(names: set[str], known: Iterable[Node]) -> list[Node]:
    return load(builders_of(names) - {node.id for node in known})


def _brought_along(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        for exports in node.run_exports.values():
            yield from chain.from_iterable(exports.values())
