"""The comparison of one channel, as the command tells it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from botsite.comparison.channels import named
from botsite.comparison.documents import documents
from botsite.comparison.filters import ALL, DIFFERING, ComparisonFilter
from botsite.comparison.firsts import firsts
from graph.comparison import comparing
from graph.comparison.models import Kind
from graph.outcomes import NO_SUCH_KIND


def report(channel: str, only: str = DIFFERING) -> dict[str, Any]:
    """`packages` are those of one kind, of all, or all that differ; `counts` are of every kind.

    Raises OutcomeError `graph.no_such_kind`, or what `named()` raises.
    """
    if only not in (DIFFERING, ALL, *Kind.values):
        raise NO_SUCH_KIND.error(kind=only, kinds=", ".join((ALL, *Kind.values)))
    found = named(channel)
    comparing.compare_all()
    chosen = ComparisonFilter(kind=only, channel=found.name)
    rows = chosen.but_kind()
    return {
        "channel": found.name,
        "read_at": found.last_read_at,
        "counts": rows.counts(),
        "firsts": asdict(firsts(rows)),
        "packages": list(documents(chosen.rows())),
    }
