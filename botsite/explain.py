"""One list of conditions over all apps: "why is there no pull request for my package?"."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps

import versions.conditions
from core.conditions import Condition, State

# Pipeline order, not import order: what comes first for a package is told first.
STAGES = ["recipe", "graph", "watch", "decisions", "version", "newer version", "pull request"]

NO_PULL_REQUESTS = Condition(
    "pull request",
    "botsite.no_pull_requests",
    State.WAITING,
    "This site runs without its part for proposals: it finds what is outdated and says so.",
    action="Update the recipe by hand, or add pulls to BOTSITE_APPS.",
)


def conditions_of(key: str) -> list[Condition]:
    """The conditions of every installed app on one package, in pipeline order."""
    found = versions.conditions.conditions(key)
    if apps.is_installed("graph"):
        from graph.conditions import conditions

        found += conditions(key)
    if apps.is_installed("pulls"):
        from pulls.conditions import conditions as of_pulls

        found += of_pulls(key)
    return in_order(found)


def in_order(found: Iterable[Condition]) -> list[Condition]:
    """Conditions of several apps as one list; the last says what becomes of all that passed."""
    last = [] if apps.is_installed("pulls") else [NO_PULL_REQUESTS]
    return sorted([*found, *last], key=_position)


def _position(condition: Condition) -> int:
    return STAGES.index(condition.stage) if condition.stage in STAGES else len(STAGES)
