"""What `graph` can say to "why is there no pull request?"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Subquery

from core.conditions import Condition, State
from core.outcomes import Outcome
from graph.models import Feedstock, FeedstockQuerySet, GraphBuild, Reading, Status
from graph.outcomes import (
    ARCHIVED,
    GONE,
    NO_ANSWER,
    NO_FEEDSTOCK,
    NOT_BUILT,
    NOT_READ,
    UNCOMPARABLE,
    UP_TO_DATE,
)

RECIPE, GRAPH, NEWER = "recipe", "graph", "newer version"


def conditions(key: str) -> list[Condition]:
    """In pipeline order; for a key that no channel has, or no longer, that and nothing else."""
    return conditions_of(with_last_build(Feedstock.objects.filter(key=key)).first(), key)


def with_last_build(rows: FeedstockQuerySet) -> FeedstockQuerySet:
    """Each with when the graph was last built, so that its conditions need no further query."""
    last = GraphBuild.objects.finished()
    return rows.annotate(
        graph_started_at=Subquery(last.values("started_at")[:1]),
        graph_finished_at=Subquery(last.values("finished_at")[:1]),
    )


def conditions_of(feedstock: Feedstock | None, key: str) -> list[Condition]:
    """The same for a row of `with_last_build()` that is at hand."""
    if feedstock is None:
        return [_condition(RECIPE, State.FAILED, NO_FEEDSTOCK.outcome(name=key))]
    if feedstock.gone_at:
        return [_condition(RECIPE, State.FAILED, GONE.outcome(name=feedstock.name))]
    if feedstock.archived:
        return [_condition(RECIPE, State.FAILED, ARCHIVED.outcome(name=feedstock.name))]
    return [_recipe(feedstock), _graph(feedstock), _newer(feedstock)]


def _condition(stage: str, state: State, outcome: Outcome, **more: Any) -> Condition:
    return Condition(stage, outcome.code, state, outcome.message, action=outcome.next, **more)


def _recipe(feedstock: Feedstock) -> Condition:
    outcome = feedstock.get_outcome()
    if outcome is None:
        return _condition(RECIPE, State.WAITING, NOT_READ.outcome(name=feedstock.name))
    if outcome.ok:
        return _read(feedstock)
    evidence = {"file": outcome.file, "line": outcome.line, "field": outcome.field}
    return _condition(
        RECIPE, State.FAILED, outcome, evidence=evidence, checked_at=feedstock.read_at
    )


def _read(feedstock: Feedstock) -> Condition:
    """Read, if need be with remarks: problems beside which the recipe could still be read."""
    reading: Reading | None = getattr(feedstock, "reading", None)
    found = reading.attributes.get("remarks") or [] if reading else []
    evidence = {
        "file": feedstock.recipe_file,
        "schema_version": feedstock.schema_version,
        "remarks": found,
    }
    sentences = [f"The recipe was read: {feedstock.recipe_name} {feedstock.version}."]
    sentences += [remark["message"] for remark in found]
    return Condition(
        RECIPE, "ok", State.PASSED, " ".join(sentences), evidence, checked_at=feedstock.read_at
    )


def _graph(feedstock: Feedstock) -> Condition:
    started: datetime | None = feedstock.graph_started_at  # type: ignore[attr-defined]
    finished: datetime | None = feedstock.graph_finished_at  # type: ignore[attr-defined]
    if started is None or feedstock.read_at is None or started < feedstock.found_at:
        return _condition(GRAPH, State.WAITING, NOT_BUILT.outcome(name=feedstock.name))
    sentence = (
        f"Dependents: {feedstock.dependents_count}; dependencies: {feedstock.dependencies_count}."
    )
    if feedstock.in_cycle:
        sentence += " It is part of a cycle."
    evidence = {"layer": feedstock.depth, "in_cycle": feedstock.in_cycle}
    return Condition(GRAPH, "ok", State.PASSED, sentence, evidence, checked_at=finished)


def _newer(feedstock: Feedstock) -> Condition:
    """Whether a newer version is known: what a pull request would bring."""
    current, latest = feedstock.version, feedstock.new_version
    shown: dict[str, Any] = {
        "evidence": {
            "current_version": current,
            "new_version": latest,
            "source": feedstock.new_version_source,
            "stale": feedstock.version_stale,
        },
        "checked_at": feedstock.version_checked_at,
    }
    if feedstock.outdated:
        sentence = f"{latest} is newer than the recipe's {current}."
        return Condition(NEWER, "ok", State.PASSED, sentence, **shown)
    if not latest:
        return _condition(NEWER, State.WAITING, NO_ANSWER.outcome(name=feedstock.name), **shown)
    if feedstock.status == Status.UNKNOWN:
        return _condition(
            NEWER, State.FAILED, UNCOMPARABLE.outcome(current=current, latest=latest), **shown
        )
    outcome = UP_TO_DATE.outcome(name=feedstock.name, current=current)
    return _condition(NEWER, State.WAITING, outcome, **shown)
