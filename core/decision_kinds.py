"""Decisions on the plumbing that can stand in a file."""

from __future__ import annotations

from collections.abc import Collection

from core.decisions.kinds import DecisionKind, Entry, declare_kind, section
from core.jobs import schedules
from core.models import Override
from core.overrides import Person

PREFIX = "schedule:"


def _known(names: Collection[str]) -> set[str]:
    return {each.name for each in schedules.declared()}.intersection(names)


def _pause(entry: Entry, by: Person) -> None:
    schedules.sync()
    schedules.resume(entry.target, by=by)
    schedules.pause(entry.target, by=by, reason=entry.reason)


def _resume(row: Override, by: Person) -> None:
    schedules.resume(row.target.removeprefix(PREFIX), by=by)


section("schedules", "Schedules that don't run.")
declare_kind(DecisionKind("schedules", "pause", _known, _pause, _resume, prefix=PREFIX))
