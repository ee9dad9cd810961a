"""A row of the comparison as a document, for files and the command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.downloads import CHUNK
from graph.comparison.models import TheirAnswerQuerySet

# What a document is called -> where it stands.
COLUMNS = {
    "key": "feedstock__key",
    "name": "feedstock__name",
    "channel": "feedstock__channel__name",
    "kind": "kind",
    "kind_since": "kind_since",
    "recipe_version": "feedstock__version",
    "our_version": "our_version",
    "our_source": "feedstock__new_version_source",
    "our_outcome": "feedstock__version_outcome_code",
    "our_checked_at": "feedstock__version_checked_at",
    "their_version": "version",
    "their_error": "error",
    "their_update_error": "update_error",
    "their_since": "seen_at",
    "lead_s": "lead",
    "rule": "rule",
    "reason": "reason",
}


def documents(rows: TheirAnswerQuerySet) -> Iterator[dict[str, Any]]:
    """`lead_s` is by how many seconds we found the same version sooner, if that is known."""
    for values in rows.values_list(*COLUMNS.values()).iterator(chunk_size=CHUNK):
        document = dict(zip(COLUMNS, values, strict=True))
        lead = document["lead_s"]
        yield document | {"lead_s": lead and lead.total_seconds()}
