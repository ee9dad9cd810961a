"""Maintainers: who they are, and what of theirs needs them most."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import Case, Count, IntegerChoices, Q, QuerySet, Value, When

from core import outcomes
from core.outcomes import Turn
from graph.models import Feedstock, Maintainer, Status

HANDLES = "graph.handles"


class Need(IntegerChoices):
    """Why a package wants its maintainer, the most pressing first. A package has the first that
    applies."""

    TURN = 0, "your turn"
    OUTDATED = 1, "outdated"
    FAILING = 2, "failing"
    STALE = 3, "stale answer"
    UNKNOWN = 4, "not known yet"
    NOTHING = 5, "nothing to do"


def by_need(handle: str) -> QuerySet[Any]:
    """The present feedstocks of a maintainer, with their `need`; those that most others depend on
    first among equals."""
    rows = Feedstock.objects.present().maintained_by(handle).annotate(need=_need())
    return rows.order_by("need", "-dependents_count", "name", "key")


def _need() -> Case:
    codes = [each.code for each in outcomes.declared() if each.turn is Turn.MAINTAINER]
    return Case(
        When(Q(outcome_code__in=codes) | Q(version_outcome_code__in=codes), then=Value(Need.TURN)),
        When(outdated=True, then=Value(Need.OUTDATED)),
        When(status=Status.FAILING, then=Value(Need.FAILING)),
        When(version_stale=True, then=Value(Need.STALE)),
        When(status=Status.UNKNOWN, then=Value(Need.UNKNOWN)),
        default=Value(Need.NOTHING),
    )


def need_counts(rows: QuerySet[Any]) -> dict[Need, int]:
    """How many of the rows of `by_need()` need what; each need is told."""
    found = dict(rows.order_by().values_list("need").annotate(Count("pk")))
    return {need: found.get(need, 0) for need in Need}


def handles() -> list[str]:
    """All handles in order. Kept for a minute: a database walks over all feedstocks for them."""
    kept: list[str] | None = cache.get(HANDLES)
    if kept is None:
        rows = Maintainer.objects.filter(feedstock__gone_at=None).order_by("handle")
        kept = list(rows.values_list("handle", flat=True).distinct())
        cache.set(HANDLES, kept, timeout=60)
    return kept


def counts(names: list[str]) -> dict[str, dict[str, Any]]:
    """{handle: {handle, packages, outdated, failing}} of those that maintain anything."""
    rows = Maintainer.objects.filter(feedstock__gone_at=None, handle__in=names)
    counted = (
        rows.order_by()
        .values("handle")
        .annotate(
            packages=Count("pk"),
            outdated=Count("pk", filter=Q(feedstock__status=Status.OUTDATED)),
            failing=Count("pk", filter=Q(feedstock__status=Status.FAILING)),
        )
    )
    return {each["handle"]: dict(each) for each in counted}
