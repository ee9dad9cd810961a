"""What the graph tells of itself, for charts over time and for monitors."""

from __future__ import annotations

from core.measurements import measures
from graph.models import Feedstock


@measures
def figures() -> dict[str, float]:
    """How many feedstocks stand how: `graph.outdated`, `graph.up_to_date` and so on."""
    return {f"graph.{status}": count for status, count in Feedstock.objects.status_counts().items()}
