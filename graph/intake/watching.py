"""What a channel asks the version service to watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graph.models import Channel, Reading
from versions import watch
from versions.watch import WatchEntry, WatchReport, WatchUrl

COLUMNS = (
    "feedstock__key",
    "feedstock__name",
    "feedstock__version",
    "feedstock__dependents_count",
    "watch_urls",
    "bot_settings",
)


def sync(channel: Channel) -> WatchReport:
    """Have every feedstock of the channel watched whose recipe could be read once; others, and
    those that are gone or archived, no longer."""
    return watch.sync(owner=channel.owner, entries=_entries(channel))


def _entries(channel: Channel) -> Iterator[WatchEntry]:
    rows = Reading.objects.filter(
        feedstock__channel=channel, feedstock__gone_at=None, feedstock__archived=False
    ).exclude(feedstock__recipe_name="")
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=500):
        yield _entry(*row)


def _entry(
    key: str,
    name: str,
    version: str,
    dependents: int,
    urls: list[dict[str, str]],
    settings: dict[str, Any],
) -> WatchEntry:
    """What most depend on comes first, by powers of two: so that few priorities change with each
    graph."""
    asked = tuple(WatchUrl(**url) for url in urls)
    return WatchEntry(key, name, version, asked, settings, priority=dependents.bit_length())
