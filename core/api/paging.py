"""Lists in pages: one envelope for all, and a link to what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)

PER_PAGE, MOST_PER_PAGE, MOST_PAGES = 50, 200, 10_000


class Page(Schema, Generic[Item]):
    """`total` counts the items of all pages, null where counting would cost too much; `next` is
    the address of the page that follows, null on the last."""

    items: list[Item]
    total: int | None
    next: str | None


class PageAsked(Schema):
    page: int = Field(1, ge=1, le=MOST_PAGES, description="Pages count from 1.")
    per_page: int = Field(PER_PAGE, ge=1, le=MOST_PER_PAGE)


class StretchAsked(Schema):
    before: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Only what came before this id; see `next`."
    )
    per_page: int = Field(PER_PAGE, ge=1, le=MOST_PER_PAGE)


AskedPage = Annotated[PageAsked, Query(...)]
AskedStretch = Annotated[StretchAsked, Query(...)]


def paged(
    request: HttpRequest,
    rows: QuerySet[Row, Any] | Sequence[Any],
    asked: PageAsked,
    document: Callable[[Any], dict[str, Any]],
    total: int | None = None,
) -> dict[str, Any]:
    """One page of rows in a fixed order; `total` if it is known already."""
    start = (asked.page - 1) * asked.per_page
    if total is None:
        total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    items = [document(row) for row in rows[start : start + asked.per_page]]
    follows = start + asked.per_page < total and asked.page < MOST_PAGES
    return {
        "items": items,
        "total": total,
        "next": _with(request, page=asked.page + 1) if follows else None,
    }


def stretched(
    request: HttpRequest,
    rows: QuerySet[Row, Any],
    asked: StretchAsked,
    document: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """A stretch of a list that only grows, newest id first: nothing is counted, and what is added
    meanwhile moves nothing."""
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    found = list(rows.order_by("-pk")[: asked.per_page + 1])
    shown = found[: asked.per_page]
    more = len(found) > len(shown)
    return {
        "items": [document(row) for row in shown],
        "total": None,
        "next": _with(request, before=shown[-1].pk) if more else None,
    }


def _with(request: HttpRequest, **changed: int) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
