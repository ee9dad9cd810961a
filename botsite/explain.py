"""One list of conditions over all apps: "why is there no pull request for my package?"."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from core.conditions import Condition, State

# Pipeline order, not import order: what comes first for a package is told first.
STAGES = ["recipe", "graph", "watch", "decisions", "version", "read-back", "pull request"]
SPEAKERS = ["graph", "versions", "pulls"]

NO_PULL_REQUESTS = Condition(
    "pull request",
    "botsite.no_pull_requests",
    State.WAITING,
    "This Botsite opens no pull requests yet: it finds what is outdated and says so.",
    action="Update the recipe by hand.",
)


def conditions_of(key: str) -> list[Condition]:
    """The conditions of every installed app on one package, in pipeline order."""
    speakers = [app for app in SPEAKERS if apps.is_installed(app)]
    found = [
        condition
        for app in speakers
        for condition in import_module(f"{app}.conditions").conditions(key)
    ]
    if "pulls" not in speakers:
        found.append(NO_PULL_REQUESTS)
    return sorted(found, key=_position)


def _position(condition: Condition) -> int:
    return STAGES.index(condition.stage) if condition.stage in STAGES else len(STAGES)
