"""The package list as a reader asked for it: filters and order, out of the address."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict

from core import outcomes
from graph.models import Dependency, Feedstock, FeedstockQuerySet
from graph.showing.families import Family, family
from versions.models import Package

Order = tuple[str | OrderBy, ...]

# An order is that of an index, or all of it turned around, so that few pages sort the table.
ORDERS: dict[str, Order] = {
    "name": ("name", "key"),
    "-name": ("-name", "-key"),
    "dependents": ("dependents_count", "-name"),
    "-dependents": ("-dependents_count", "name"),
    "status": ("status", "name"),
    "-status": ("-status", "-name"),
    "released": (F("released_at").asc(nulls_last=True), "name"),
    "-released": (F("released_at").desc(nulls_last=True), "name"),
    "checked": (F("version_checked_at").asc(nulls_last=True), "name"),
    "-checked": (F("version_checked_at").desc(nulls_last=True), "name"),
}
DEFAULT_ORDER = "name"


# How filters are called where one can be taken away.
CHIPS = {
    "q": "name has",
    "outcome": "outcome",
    "source": "found by",
    "host": "asked at",
    "channel": "channel",
    "maintainer": "maintainer",
    "language": "language",
    "depends_on": "depends on",
    "needed_by": "needed by",
    "layer": "layer",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force. `without` is the query of an address that does without it."""

    words: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class FeedstockFilter:
    """Empty is no filter. `host` is the lane in which the version service asks, `language` one of
    Family. `depends_on` and `needed_by` are keys, `layer` is a number; `sort` one of ORDERS."""

    q: str = ""
    status: str = ""
    outcome: str = ""
    source: str = ""
    host: str = ""
    channel: str = ""
    maintainer: str = ""
    language: str = ""
    depends_on: str = ""
    needed_by: str = ""
    layer: str = ""
    sort: str = DEFAULT_ORDER

    @classmethod
    def of(cls, query: QueryDict) -> FeedstockFilter:
        """Unknown names are left out, and so is an order that isn't offered. PostgreSQL can't be
        asked for the character NUL."""
        given = {
            each.name: query.get(each.name, "").replace("\0", "").strip() for each in fields(cls)
        }
        if given["sort"] not in ORDERS:
            given["sort"] = DEFAULT_ORDER
        return cls(**given)

    @property
    def narrowing(self) -> bool:
        """Whether anything but the status narrows the list."""
        return any(
            getattr(self, each.name) for each in fields(self) if each.name not in ("status", "sort")
        )

    def chips(self, query: QueryDict) -> list[Chip]:
        """What narrows the list, each in words, and the address without it."""
        return [
            Chip(words, self._words(name), _without(query, name))
            for name, words in CHIPS.items()
            if getattr(self, name)
        ]

    def _words(self, name: str) -> str:
        value: str = getattr(self, name)
        if name == "outcome":
            return outcomes.kind(value).title
        if name == "language" and value in Family.values:
            return Family(value).label
        return value

    def but_status(self, rows: FeedstockQuerySet) -> FeedstockQuerySet:
        """All filters except status, so that each status can be counted."""
        rows = rows.search(self.q)
        if self.outcome:
            rows = rows.filter(Q(outcome_code=self.outcome) | Q(version_outcome_code=self.outcome))
        if self.source:
            rows = rows.filter(new_version_source=self.source)
        if self.host:
            rows = rows.filter(key__in=asked_at(self.host))
        if self.channel:
            rows = rows.filter(channel__name=self.channel)
        if self.maintainer:
            rows = rows.maintained_by(self.maintainer)
        if self.language:
            rows = rows.annotate(family=family()).filter(family=self.language)
        if self.depends_on:
            rows = rows.filter(needs(self.depends_on))
        if self.needed_by:
            rows = rows.filter(is_needed_by(self.needed_by))
        if self.layer:
            rows = rows.filter(depth=int(self.layer)) if _is_layer(self.layer) else rows.none()
        return rows

    def rows(self) -> FeedstockQuerySet:
        """What is shown, in order, on all pages together."""
        rows = self.but_status(Feedstock.objects.present())
        return self.order(rows.filter(status=self.status) if self.status else rows)

    def order(self, rows: FeedstockQuerySet) -> FeedstockQuerySet:
        return rows.order_by(*ORDERS[self.sort])


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list; `next` is the order that its heading leads to, if it can be sorted."""

    words: str
    look: str = ""
    direction: str = ""
    next: str = ""


def columns(sort: str) -> list[Column]:
    return [
        _sortable("Package", "name", sort),
        _sortable("Status", "status", sort),
        Column("Version"),
        Column("Problem", "wide"),
        _sortable("Dependents", "dependents", sort, look="num wide", first="-"),
        Column("Found by", "wide"),
        _sortable("Released", "released", sort, look="wide", first="-"),
        _sortable("Checked", "checked", sort, look="wide", first="-"),
    ]


def _sortable(words: str, name: str, sort: str, *, look: str = "", first: str = "") -> Column:
    """`first` is `-` where the largest or newest is what people look for."""
    if sort.lstrip("-") != name:
        return Column(words, look, "", first + name)
    if sort.startswith("-"):
        return Column(words, look, "descending", name)
    return Column(words, look, "ascending", f"-{name}")


def _without(query: QueryDict, name: str) -> str:
    left = query.copy()
    for each in (name, "page"):
        left.pop(each, None)
    return f"?{left.urlencode()}"


def asked_at(lane: str) -> QuerySet[Package, str]:
    """The keys of what is asked in one lane."""
    return Package.objects.watched().filter(lane=lane).values_list("key", flat=True)


def _is_layer(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def needs(key: str) -> Q:
    """Feedstocks that directly depend on one."""
    edges = Dependency.objects.filter(target__key=key)
    return Q(gone_at=None, pk__in=edges.values("feedstock"))


def is_needed_by(key: str) -> Q:
    """Feedstocks that one directly depends on."""
    edges = Dependency.objects.internal().filter(feedstock__key=key)
    return Q(gone_at=None, pk__in=edges.values("target"))
