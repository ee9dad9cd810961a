"""Which outcomes occur, stage by stage: how recipes were read, packages checked, proposals made and
dealt with on their forges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, QuerySet

from core import measurements, outcomes
from core.charts import Sparkline, sparkline
from core.measurements import History
from core.outcomes import OutcomeKind
from versions.figures.measures import FAILING
from versions.models import Package

LATEST = 30  # steps that a sparkline shows
CHECKS, RECIPES, PROPOSALS, FORGES = "checks", "recipes", "proposals", "pull requests"
WELL = ("ok", "")


@dataclass(frozen=True, slots=True)
class Stage:
    """All rows that one stage ended for; `ended_at` is their column that says when."""

    name: str
    rows: QuerySet[Any]
    ended_at: str
    order: tuple[str, ...] = ("name", "key")

    def counts(self) -> dict[str, int]:
        """How many ended with which outcome, those that ended well aside."""
        rows = self.rows.exclude(outcome_code__in=WELL).order_by()
        return dict(rows.values_list("outcome_code").annotate(Count("pk")))

    def ended(self, code: str) -> QuerySet[Any]:
        return self.rows.filter(outcome_code=code).order_by(*self.order)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How many ended so, by the name of their stage; the trend is that of checks upstream."""

    kind: OutcomeKind
    counts: dict[str, int]
    trend: Sparkline | None

    @property
    def count(self) -> int:
        return sum(self.counts.values())


def stages() -> list[Stage]:
    """Those of the installed apps."""
    unshown = ("urls", "settings", "remarks", "problems")
    found = [Stage(CHECKS, Package.objects.watched().defer(*unshown), "checked_at")]
    if apps.is_installed("graph"):
        from graph.models import Feedstock

        found.append(Stage(RECIPES, Feedstock.objects.present(), "read_at"))
    return [*found, *_of_pulls()] if apps.is_installed("pulls") else found


def _of_pulls() -> list[Stage]:
    from pulls.models import WANTED, Attempt, PullRequest

    latest = "feedstock__name", "-pk"
    tries = Attempt.objects.filter(WANTED).select_related("feedstock")
    opened = PullRequest.objects.select_related("feedstock").defer("body", "diff", "recipe")
    return [
        Stage(PROPOSALS, tries.defer("feedstock__outcome"), "finished_at", latest),
        Stage(FORGES, opened.defer("feedstock__outcome"), "looked_at", latest),
    ]


def occurring() -> list[Occurrence]:
    """All but `ok`, the most frequent first."""
    counts = {stage.name: stage.counts() for stage in stages()}
    history = measurements.history()
    found = [
        Occurrence(
            outcomes.kind(code),
            {name: of.get(code, 0) for name, of in counts.items()},
            _trend(history, code),
        )
        for code in set().union(*counts.values())
    ]
    return sorted(found, key=lambda each: (-each.count, each.kind.code))


def others(found: Sequence[Occurrence]) -> list[OutcomeKind]:
    """Declared ones that don't occur."""
    codes = {each.kind.code for each in found} | {outcomes.OK.code}
    return [each for each in outcomes.declared() if each.code not in codes]


def _trend(history: History, code: str) -> Sparkline | None:
    """Of checks upstream; what other stages came to is not measured over time."""
    values = history.values(f"{FAILING}{code}")[-LATEST:]
    if sum(each is not None for each in values) < 2:
        return None
    words = f"Packages whose check ended so, {history.grain.words}"
    return sparkline(words, [None if each is None else int(each) for each in values])
