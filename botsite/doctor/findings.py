"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.outcomes import Outcome, OutcomeKind

FINE = "ok"


class Level(StrEnum):
    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` does what the outcome says is next, and says in a few words what that came to."""

    level: Level
    outcome: Outcome
    mend: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the bot. `outward` checks ask other hosts, those that need the database are left
    out where it can't be reached, or is not of this version."""

    name: str
    look: Callable[[], Iterable[Finding]]
    outward: bool = False
    needs_database: bool = True


def fine(seen: str) -> Finding:
    return Finding(Level.FINE, Outcome(FINE, seen))


def note(kind: OutcomeKind, **context: Any) -> Finding:
    """Something that may be meant so."""
    return Finding(Level.NOTE, kind.outcome(**context))


def problem(kind: OutcomeKind, mend: Callable[[], str] | None = None, **context: Any) -> Finding:
    return Finding(Level.PROBLEM, kind.outcome(**context), mend)


def some(names: Iterable[str], most: int = 5) -> str:
    """A few of many names, and how many others there are."""
    listed = list(names)
    shown = ", ".join(listed[:most])
    return f"{shown} and {len(listed) - most} others" if len(listed) > most else shown
