"""What the filters of the package list offer, each with how many packages it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from core import outcomes
from graph.models import Channel, Feedstock
from graph.showing.families import Family, family
from versions.models import Package

KEPT = "graph.facets"
HOSTS = 40  # offered; any other is found by a link, or by its name in the address


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts are of all packages, whatever else is chosen."""

    channels: list[Choice]
    sources: list[Choice]
    outcomes: list[Choice]
    languages: list[Choice]
    hosts: list[Choice]


def facets() -> Facets:
    """Kept for a minute: to find these, a database walks over all feedstocks."""
    kept: Facets | None = cache.get(KEPT)
    if kept is None:
        kept = _facets()
        cache.set(KEPT, kept, timeout=60)
    return kept


def _facets() -> Facets:
    rows = Feedstock.objects.present().order_by().annotate(family=family())
    columns = ("channel", "new_version_source", "family", "outcome_code", "version_outcome_code")
    channels = Counter[int]()
    sources, families, codes = Counter[str](), Counter[str](), Counter[str]()
    for channel, source, each, *ended, count in rows.values_list(*columns).annotate(Count("pk")):
        channels[channel] += count
        sources[source] += count
        families[each] += count
        codes.update(dict.fromkeys({*ended} - {"ok"}, count))
    named = Channel.objects.values_list("pk", "name")
    return Facets(
        channels=[Choice(name, name, channels[pk]) for pk, name in named],
        sources=_choices(sources),
        outcomes=sorted(
            (Choice(code, outcomes.kind(code).title, count) for code, count in _told(codes)),
            key=lambda each: each.words,
        ),
        languages=[Choice(each, each.label, families[each]) for each in Family if families[each]],
        hosts=_choices(_hosts(), HOSTS),
    )


def _hosts() -> Counter[str]:
    rows = Package.objects.watched().order_by().values_list("lane")
    return Counter(dict(rows.annotate(Count("pk"))))


def _choices(counts: Counter[str], most: int | None = None) -> list[Choice]:
    return [Choice(value, value, count) for value, count in _told(counts, most)]


def _told(counts: Counter[str], most: int | None = None) -> Iterable[tuple[str, int]]:
    """The most frequent first; what is empty is no choice."""
    return ((value, count) for value, count in counts.most_common(most) if value)
