"""Which outcomes occur: how many recipes were read so, how many packages were checked so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps

from core import measurements, outcomes
from core.charts import Sparkline, sparkline
from core.measurements import History
from core.outcomes import OutcomeKind
from versions.measures import FAILING, failing

LATEST = 30  # steps that a sparkline shows


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`recipes` ended their last reading so, `packages` their last check upstream."""

    kind: OutcomeKind
    recipes: int
    packages: int
    trend: Sparkline | None

    @property
    def count(self) -> int:
        return self.recipes + self.packages


def occurring() -> list[Occurrence]:
    """All but `ok`, the most frequent first."""
    recipes, packages = unreadable(), failing()
    history = measurements.history()
    found = [
        Occurrence(
            outcomes.kind(code), recipes.get(code, 0), packages.get(code, 0), _trend(history, code)
        )
        for code in {*recipes, *packages}
    ]
    return sorted(found, key=lambda each: (-each.count, each.kind.code))


def others(found: Sequence[Occurrence]) -> list[OutcomeKind]:
    """Declared ones that don't occur."""
    codes = {each.kind.code for each in found} | {outcomes.OK.code}
    return [each for each in outcomes.declared() if each.code not in codes]


def unreadable() -> dict[str, int]:
    """How many present recipes were read how, those that were read well aside."""
    if not apps.is_installed("graph"):
        return {}
    from graph.models import Feedstock

    counts = Feedstock.objects.outcome_counts()
    return {code: count for code, count in counts if code not in ("ok", "")}


def _trend(history: History, code: str) -> Sparkline | None:
    """Of checks upstream; what readings came to is not measured over time."""
    values = history.values(f"{FAILING}{code}")[-LATEST:]
    if sum(each is not None for each in values) < 2:
        return None
    words = f"Packages whose check ended so, {history.grain.words}"
    return sparkline(words, [None if each is None else int(each) for each in values])
