"""Which packages are watched: the only writer of the watch columns.

Callers (the graph, the `watch` command, tests) hand over everything they want watched; this app
neither knows nor asks where that came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone

from versions.asking.configuration import lookup_config
from versions.asking.lookup import NO_LANE, first_asked
from versions.models import Package
from versions.planning import planner
from versions.releases import RecipeUrl, Upstream

SLICE = 500
# What a look-up depends on, and where it is made and when.
JUDGED_BY = ["name", "current_version", "urls", "settings"]
COMPARED = [*JUDGED_BY, "lane", "upstream", "priority"]
_MOST_UPSTREAM = 200  # characters


@dataclass(frozen=True, slots=True)
class WatchUrl:
    """A source URL as rendered, and as the recipe writes it (empty when that is not known).

    For a `git_url`, `git_rev` is the rendered revision or tag.
    """

    rendered: str
    template: str = ""
    git_rev: str = ""


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """`settings` is the `bot:` section of conda-forge.yml."""

    key: str
    name: str
    current_version: str
    urls: tuple[WatchUrl, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    priority: int = 0

    def columns(self) -> dict[str, Any]:
        urls = (
            RecipeUrl(url.rendered, url.template, self.current_version, url.git_rev)
            for url in self.urls
        )
        first = first_asked(urls, lookup_config())
        return {
            "name": self.name,
            "current_version": self.current_version,
            "urls": [asdict(url) for url in self.urls],
            "settings": self.settings,
            "lane": first.lane if first else NO_LANE,
            "upstream": _name_of(first) if first else "",
            "priority": self.priority,
        }


@dataclass(frozen=True, slots=True)
class WatchReport:
    watched: int
    changed: int
    removed: int


def sync(owner: str, entries: Iterable[WatchEntry]) -> WatchReport:
    """Make one owner's packages exactly these entries; what is missing is retired, not lost."""
    wanted = {entry.key: entry.columns() for entry in entries}
    mine = Package.objects.filter(owner=owner)
    known = {row["key"]: row for row in mine.watched().values("key", *COMPARED)}
    changed = {
        key: columns for key, columns in wanted.items() if {"key": key, **columns} != known.get(key)
    }
    _upsert(owner, changed)
    _hasten(key for key in changed if key in known and _matters(known[key], changed[key]))
    removed = _retire(known.keys() - wanted.keys())
    return WatchReport(watched=len(wanted), changed=len(changed), removed=removed)


def _name_of(upstream: Upstream) -> str:
    """Bulk answers find a package by it; one too long to store is looked up singly."""
    name = f"{upstream.source}:{upstream.project}"
    return name if len(name) <= _MOST_UPSTREAM else ""


def _matters(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return any(before[column] != after[column] for column in JUDGED_BY)


def _upsert(owner: str, changed: dict[str, dict[str, Any]]) -> None:
    rows = [
        Package(key=key, owner=owner, retired_at=None, **columns)
        for key, columns in changed.items()
    ]
    Package.objects.bulk_create(
        rows,
        batch_size=SLICE,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["owner", "retired_at", *COMPARED],
    )


def _hasten(keys: Iterable[str]) -> None:
    """What a recipe now says may change the answer: judge anew, and soon."""
    keys = list(keys)
    for start in range(0, len(keys), SLICE):
        rows = Package.objects.filter(key__in=keys[start : start + SLICE])
        rows.update(seen="")
        planner.hasten(rows)


def _retire(keys: Iterable[str]) -> int:
    keys = list(keys)
    return sum(
        Package.objects.filter(key__in=keys[start : start + SLICE]).update(
            retired_at=timezone.now()
        )
        for start in range(0, len(keys), SLICE)
    )
