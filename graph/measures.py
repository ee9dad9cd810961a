"""What the graph tells of itself, for charts over time and for monitors."""

from __future__ import annotations

from core.measurements import measures
from graph.models import Feedstock, TheirAnswer


@measures
def figures() -> dict[str, float]:
    """How many feedstocks stand how: `graph.outdated`, `graph.up_to_date` and so on."""
    return {f"graph.{status}": count for status, count in Feedstock.objects.status_counts().items()}


@measures
def comparison() -> dict[str, float]:
    """How our answers compare with another bot's: `graph.compared.same` and so on; nothing without
    another bot."""
    counts = TheirAnswer.objects.counts()
    return (
        {f"graph.compared.{kind}": n for kind, n in counts.items()} if any(counts.values()) else {}
    )
