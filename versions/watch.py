"""Which packages are watched: the only writer of the watch columns.

Callers (the graph, the `watch` command, tests) hand over everything they want watched; this app
neither knows nor asks where that came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils import timezone

from versions import planner
from versions.lookup import lane_of
from versions.models import Package

SLICE = 500
COMPARED = ["name", "current_version", "urls", "settings", "lane", "priority"]


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
        urls = [asdict(url) for url in self.urls]
        return {
            "name": self.name,
            "current_version": self.current_version,
            "urls": urls,
            "settings": self.settings,
            "lane": lane_of(
                [(url.rendered, url.template) for url in self.urls], self.current_version
            ),
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
    _hasten(key for key in changed if key in known)
    removed = _retire(known.keys() - wanted.keys())
    return WatchReport(watched=len(wanted), changed=len(changed), removed=removed)


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
    """What a recipe now says about its version or URL may change the answer: look again soon."""
    keys = list(keys)
    for start in range(0, len(keys), SLICE):
        planner.hasten(Package.objects.filter(key__in=keys[start : start + SLICE]))


def _retire(keys: Iterable[str]) -> int:
    keys = list(keys)
    return sum(
        Package.objects.filter(key__in=keys[start : start + SLICE]).update(
            retired_at=timezone.now()
        )
        for start in range(0, len(keys), SLICE)
    )
