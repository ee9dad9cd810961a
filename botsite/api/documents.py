"""What spans the apps, as documents of the JSON interface."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from botsite.outcome_counts import Occurrence
from botsite.subject import Decision, Subject
from core.api.documents import OutcomeKindOut, OutcomeOut, of_kind
from core.api.fields import Reason, Text
from core.conditions import Condition
from versions import documents
from versions.documents import WatchedOut


class RecipeOut(Schema):
    """A feedstock: its recipe, and its place in the graph."""

    channel: str
    recipe_name: str
    recipe_file: str
    schema_version: int
    version: str
    new_version: str
    status: str
    outdated: bool
    archived: bool
    forge_url: str
    branch: str
    read_at: datetime | None
    outcome: OutcomeOut | None
    maintainers: list[str]
    outputs: list[str]
    dependents: int
    dependencies: int
    layer: int
    in_cycle: bool


class PackageOut(Schema):
    """`recipe` is null for what is watched without a feedstock, `upstream` for a feedstock that is
    not watched."""

    key: str
    name: str
    recipe: RecipeOut | None
    upstream: WatchedOut | None


class ConditionOut(Schema):
    """One thing that must hold before a package gets its pull request."""

    stage: str
    code: str
    state: Literal["passed", "failed", "waiting", "unknown"]
    sentence: str
    evidence: dict[str, Any]
    checked_at: datetime | None
    next_try_at: datetime | None
    action: str


class DecisionOut(Schema):
    """A decision of a person that is in force. `value` is what was chosen."""

    id: int
    kind: str
    sentence: str
    value: dict[str, Any]
    reason: str
    author: str
    created_at: datetime
    expires_at: datetime | None


class DecisionIn(Schema):
    """`version` goes with hide and pin, `source` with source; `until` must be there for skip, and
    may be for all but pause and reset: the decision ends when that day begins, in UTC."""

    kind: Literal["hide", "pin", "skip", "source", "pause", "reset"]
    reason: Reason
    version: Text = ""
    source: Text = ""
    until: date | None = None


class BotOut(Schema):
    """Whether the bot is alive, and what the bot team should look at; `packages` by status."""

    version: str
    alive: bool
    heartbeat_age_s: float | None
    alarms: list[OutcomeOut]
    packages: dict[str, int] = Field(description="Empty without a graph.")


class OccurrenceOut(OutcomeKindOut):
    """An outcome that occurs: for how many rows, by stage."""

    counts: dict[str, int]


def of_occurrence(each: Occurrence) -> dict[str, Any]:
    return of_kind(each.kind) | {"counts": each.counts}


def of_subject(subject: Subject) -> dict[str, Any]:
    package = subject.package
    return {
        "key": subject.key,
        "name": subject.name,
        "recipe": _recipe(subject),
        "upstream": documents.of_watched(package) if package else None,
    }


def _recipe(subject: Subject) -> dict[str, Any] | None:
    row = subject.feedstock
    if row is None:
        return None
    return {
        "channel": row.channel.name,
        "recipe_name": row.recipe_name,
        "recipe_file": row.recipe_file,
        "schema_version": row.schema_version,
        "version": row.version,
        "new_version": row.new_version,
        "status": row.status,
        "outdated": row.outdated,
        "archived": row.archived,
        "forge_url": row.forge_url,
        "branch": row.branch,
        "read_at": row.read_at,
        "outcome": row.outcome or None,
        "maintainers": subject.maintainers,
        "outputs": subject.outputs,
        "dependents": row.dependents_count,
        "dependencies": row.dependencies_count,
        "layer": row.depth,
        "in_cycle": row.in_cycle,
    }


def of_condition(condition: Condition) -> dict[str, Any]:
    return condition.as_dict()


def of_decision(decision: Decision) -> dict[str, Any]:
    row = decision.row
    return {
        "id": row.pk,
        "kind": row.kind,
        "sentence": decision.sentence,
        "value": row.value,
        "reason": row.reason,
        "author": row.author_name,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
    }
