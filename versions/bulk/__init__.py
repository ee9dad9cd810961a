"""Bulk paths: one request tells about many packages.

Each has a single path beside it, the look-up of one package, which answers whatever the bulk path
leaves open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from versions.bulk import github_tags, index_changes, listing_hosts
from versions.bulk.batch import Answered, Batch

__all__ = ["Answered", "Batch", "offered"]

_OFFERS: Final[dict[str, Callable[[int], Batch | None]]] = {
    index_changes.LANE: index_changes.offered,
    github_tags.LANE: github_tags.offered,
}


def offered(lane: str, due: int) -> Batch | None:
    """What is worth using now for a lane of which so many packages are due; None if that is to look
    each up singly. It asks the database."""
    if offer := _OFFERS.get(lane):
        return offer(due)
    return listing_hosts.offered(lane, due)
