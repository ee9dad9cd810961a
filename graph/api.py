"""Feedstocks and their graph, for programs."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.db.models import Count
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import StringConstraints, create_model

from core.api.fields import NO_NUL, Key, Text
from core.api.outcomes import NOT_FOUND
from core.api.paging import AskedPage, Page, paged
from core.api.problems import READING, problem
from graph import documents
from graph.documents import (
    AffectedOut,
    BuildOut,
    ChannelOut,
    EdgeOut,
    FeedstockOut,
    LayerOut,
    MaintainerOut,
)
from graph.models import Channel, Feedstock, GraphBuild
from graph.outcomes import NO_FEEDSTOCK
from graph.showing import impact, maintainers
from graph.showing.filters import ORDERS, FeedstockFilter
from graph.showing.map import layers
from versions.api import ambiguous
from versions.models import AmbiguousName

router = Router(tags=["graph"])
NAMED = {**READING, 409: READING[404]}

# The filters of the page of packages, under the same names.
_words = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]
_asked: dict[str, Any] = {each.name: (_words, each.default) for each in fields(FeedstockFilter)}
_asked["status"] = (Literal["", "up_to_date", "outdated", "unknown", "failing"], "")
_asked["sort"] = (Literal[tuple(ORDERS)], FeedstockFilter().sort)
if TYPE_CHECKING:
    FilterAsked = Schema
else:
    FilterAsked = create_model("FilterAsked", __base__=Schema, **_asked)


@router.get(
    "/packages",
    response={200: Page[FeedstockOut], **READING},
    summary="Packages, filtered and sorted as on the page",
)
def list_packages(
    request: HttpRequest, chosen: Annotated[FilterAsked, Query(...)], asked: AskedPage
) -> dict[str, Any]:
    rows = FeedstockFilter(**chosen.dict()).rows()
    document = partial(_feedstock, dict(Channel.objects.values_list("pk", "name")))
    return paged(request, rows.defer("outcome"), asked, document)


@router.get(
    "/dependents/{key:key}",
    response={200: Page[EdgeOut], **NAMED},
    summary="Who needs a package directly, the most needed first",
)
def list_dependents(request: HttpRequest, key: Key, asked: AskedPage) -> dict[str, Any]:
    rows = impact.direct_dependents(named(key)).defer("feedstock__outcome")
    return paged(request, rows, asked, lambda edge: documents.of_edge(edge, edge.feedstock))


@router.get(
    "/dependencies/{key:key}",
    response={200: Page[EdgeOut], **NAMED},
    summary="What a package needs directly, by name",
)
def list_dependencies(request: HttpRequest, key: Key, asked: AskedPage) -> dict[str, Any]:
    rows = impact.direct_dependencies(named(key)).defer("target__outcome")
    return paged(request, rows, asked, lambda edge: documents.of_edge(edge, edge.target))


@router.get(
    "/affected/{key:key}",
    response={200: Page[AffectedOut], **NAMED},
    summary="All that is built after a package, the nearest first",
)
def list_affected(request: HttpRequest, key: Key, asked: AskedPage) -> dict[str, Any]:
    found = impact.affected(named(key))
    start = (asked.page - 1) * asked.per_page
    shown = [each.id for each in found[start : start + asked.per_page]]
    rows = Feedstock.objects.defer("outcome").in_bulk(shown)
    return paged(request, found, asked, lambda each: _affected(each, rows[each.id]))


@router.get(
    "/maintainers", response={200: Page[MaintainerOut], **READING}, summary="Who maintains packages"
)
def list_maintainers(request: HttpRequest, asked: AskedPage, q: Text = "") -> dict[str, Any]:
    handles = [each for each in maintainers.handles() if q.lower() in each]
    start = (asked.page - 1) * asked.per_page
    counts = maintainers.counts(handles[start : start + asked.per_page])
    none = {"packages": 0, "outdated": 0, "failing": 0}
    return paged(
        request, handles, asked, lambda handle: counts.get(handle, {"handle": handle, **none})
    )


@router.get(
    "/maintainers/{key:handle}",
    response={200: MaintainerOut, **READING},
    summary="One maintainer; /packages?maintainer= lists the packages",
)
def get_maintainer(request: HttpRequest, handle: Key) -> dict[str, Any]:
    if found := maintainers.counts([handle.lower()]):
        return found[handle.lower()]
    raise problem(404, NOT_FOUND, what=f"No recipe names {handle} as a maintainer.")


@router.get(
    "/channels", response={200: list[ChannelOut], **READING}, summary="Where feedstocks come from"
)
def list_channels(request: HttpRequest) -> list[dict[str, Any]]:
    rows = Feedstock.objects.present().order_by().values_list("channel").annotate(Count("pk"))
    counts = dict(rows)
    return [documents.of_channel(row, counts.get(row.pk, 0)) for row in Channel.objects.all()]


@router.get(
    "/layers",
    response={200: list[LayerOut], **READING},
    summary="The layers of the graph: each is built after those before it",
)
def list_layers(request: HttpRequest) -> list[dict[str, Any]]:
    return [documents.of_layer(each) for each in layers()]


@router.get(
    "/builds",
    response={200: Page[BuildOut], **READING},
    summary="Builds of the graph, newest first",
)
def list_builds(request: HttpRequest, asked: AskedPage) -> dict[str, Any]:
    rows = GraphBuild.objects.order_by("-started_at", "-pk")
    return paged(request, rows, asked, documents.of_build)


def named(name: str) -> Feedstock:
    """The feedstock of a key, or of a name that only one has. Raises Problem (404, 409)."""
    try:
        return Feedstock.objects.defer("outcome").by_name(name)
    except Feedstock.DoesNotExist:
        raise problem(404, NO_FEEDSTOCK, name=name) from None
    except AmbiguousName as error:
        raise ambiguous(error, name) from None


def _feedstock(channels: dict[int, str], row: Feedstock) -> dict[str, Any]:
    return documents.of_feedstock(row, channels[row.channel_id])


def _affected(each: impact.Affected, row: Feedstock) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "distance": each.distance,
        "status": row.status,
        "outdated": row.outdated,
        "dependents": row.dependents_count,
    }
