"""Rows of the graph as documents of the JSON interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from core.api.documents import OutcomeOut
from graph.models import Channel, Dependency, Feedstock, GraphBuild
from graph.showing.map import Layer


class FeedstockOut(Schema):
    """A feedstock as lists show it. `outcome` is the code with which reading its recipe ended,
    `version_outcome` that of the last look upstream; `stale`: the new version is older than the
    last look, which failed."""

    key: str
    name: str
    channel: str
    version: str
    new_version: str
    status: str
    outdated: bool
    stale: bool
    source: str
    url: str
    released_at: datetime | None
    checked_at: datetime | None
    outcome: str
    version_outcome: str
    dependents: int
    dependencies: int


class EdgeOut(Schema):
    """One feedstock needs a package, in these sections on these platforms. `key` is that of the
    feedstock at the other end, null if nobody we know builds the package; `via` names the package
    whose run export brought it in."""

    name: str
    key: str | None
    version: str | None
    status: str | None
    sections: dict[str, list[str]]
    via: str
    test_only: bool


class AffectedOut(Schema):
    """A feedstock that is built after another; `distance` is 1 where it needs that itself."""

    key: str
    name: str
    distance: int
    status: str
    outdated: bool
    dependents: int


class MaintainerOut(Schema):
    """A maintainer, and how many packages of theirs there are, and have what status."""

    handle: str
    packages: int
    outdated: int
    failing: int


class ChannelOut(Schema):
    name: str
    kind: str
    spec: str
    feedstocks: int
    last_read_at: datetime | None
    changed_at: datetime | None
    outcome: OutcomeOut | None


class LayerOut(Schema):
    """How many feedstocks a layer has, by status; those of layer 0 need none that is known."""

    layer: int
    feedstocks: int
    counts: dict[str, int]


class BuildOut(Schema):
    """A computation of the graph; `cycles` lists the members of each, `changed` counts rows,
    `changes` says what is different since the build before: {what: {new, gone: {count, names}}}."""

    started_at: datetime
    finished_at: datetime | None
    feedstocks: int
    nodes: int
    edges: int
    external: int
    layers: int
    cycles: list[list[str]]
    duration_s: float
    changed: int
    changes: dict[str, Any]


def of_feedstock(row: Feedstock, channel: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "channel": channel,
        "version": row.version,
        "new_version": row.new_version,
        "status": row.status,
        "outdated": row.outdated,
        "stale": row.version_stale,
        "source": row.new_version_source,
        "url": row.new_version_url,
        "released_at": row.released_at,
        "checked_at": row.version_checked_at,
        "outcome": row.outcome_code,
        "version_outcome": row.version_outcome_code,
        "dependents": row.dependents_count,
        "dependencies": row.dependencies_count,
    }


def of_edge(edge: Dependency, end: Feedstock | None) -> dict[str, Any]:
    return {
        "name": edge.name,
        "key": end.key if end else None,
        "version": end.version if end else None,
        "status": end.status if end else None,
        "sections": edge.places,
        "via": edge.via,
        "test_only": edge.test_only,
    }


def of_channel(row: Channel, feedstocks: int) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "spec": row.spec,
        "feedstocks": feedstocks,
        "last_read_at": row.last_read_at,
        "changed_at": row.changed_at,
        "outcome": row.outcome or None,
    }


def of_layer(layer: Layer) -> dict[str, Any]:
    return {"layer": layer.number, "feedstocks": layer.total, "counts": layer.counts}


def of_build(build: GraphBuild) -> dict[str, Any]:
    moments = {"started_at": build.started_at, "finished_at": build.finished_at}
    columns = ("feedstocks", "nodes", "edges", "external", "layers", "cycles", "changed", "changes")
    figures = {column: getattr(build, column) for column in columns}
    return {**moments, **figures, "duration_s": build.duration_s}
