"""The comparison as a reader asked for it, out of the address."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.http import QueryDict

from graph.comparison.models import AGREEING, Kind, TheirAnswerQuerySet
from graph.models import TheirAnswer

DIFFERING, ALL = "", "all"
# That of an index on feedstocks: what most others wait for comes first.
ORDER = ("-feedstock__dependents_count", "feedstock__name")


@dataclass(frozen=True, slots=True)
class Tab:
    value: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class ComparisonFilter:
    """Empty is no filter, but for `kind`: there it is all that differs, and `all` is everything.
    `rule` is as in `graph.comparison.reasons`, `source` is ours."""

    kind: str = DIFFERING
    rule: str = ""
    source: str = ""
    channel: str = ""
    maintainer: str = ""
    q: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> ComparisonFilter:
        """PostgreSQL can't be asked for the character NUL; a kind that is none is no filter."""
        given = {
            each.name: query.get(each.name, "").replace("\0", "").strip() for each in fields(cls)
        }
        if given["kind"] not in (ALL, *Kind.values):
            given["kind"] = DIFFERING
        return cls(**given)

    @property
    def narrowing(self) -> bool:
        return any((self.rule, self.source, self.channel, self.maintainer, self.q))

    def but_kind(self) -> TheirAnswerQuerySet:
        """All filters except the kind, so that each kind can be counted."""
        rows = TheirAnswer.objects.present()
        if self.rule:
            rows = rows.filter(rule=self.rule)
        if self.source:
            rows = rows.filter(feedstock__new_version_source=self.source)
        if self.channel:
            rows = rows.of_channel(self.channel)
        if self.maintainer:
            rows = rows.filter(feedstock__maintainers__handle=self.maintainer.lower())
        return rows.filter(feedstock__name__icontains=self.q) if self.q else rows

    def rows(self) -> TheirAnswerQuerySet:
        """What is shown, in order, on all pages together."""
        rows = self.but_kind()
        if self.kind == DIFFERING:
            rows = rows.differing()
        elif self.kind != ALL:
            rows = rows.filter(kind=self.kind)
        return rows.order_by(*ORDER)


def tabs(counts: dict[str, int]) -> list[Tab]:
    """What differs, everything, and each kind that occurs."""
    agreeing = sum(counts[kind] for kind in AGREEING)
    total = sum(counts.values())
    each = [Tab(kind, kind.label, counts[kind]) for kind in Kind if counts[kind]]
    return [Tab(DIFFERING, "different", total - agreeing), Tab(ALL, "all", total), *each]
