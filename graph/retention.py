"""How long the graph remembers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from core.forgetting import forget, stays
from graph.build import KEPT as BUILDS_KEPT
from graph.models import (
    Channel,
    Dependency,
    Feedstock,
    GraphBuild,
    Maintainer,
    Output,
    ReadbackState,
    Reading,
    TheirAnswer,
)


@forget(
    "graph.gone",
    Feedstock,
    title="feedstocks that are gone from their channel, with their proposals",
    days=366,
    why="one that comes back finds what was proposed to it",
)
def _gone(before: datetime) -> QuerySet[Feedstock]:
    return Feedstock.objects.filter(gone_at__lt=before)


stays("as many as the channels hold", Channel, Dependency, Maintainer, Output, Reading, TheirAnswer)
stays(f"the latest {BUILDS_KEPT}", GraphBuild)
stays("one row", ReadbackState)
