"""Results of checks, on their way into the database and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.outcomes import OK
from versions.asking.answers import Answer


@dataclass(frozen=True, slots=True)
class Checked:
    """A result on its way into the database; `token` proves that the package is still ours.

    `seconds` were spent on it, in its lane.
    """

    package_id: int
    token: str
    answer: Answer
    lane: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class LaneTally:
    checked: int = 0
    failed: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Recorded:
    """`unchanged` were marked as checked and nothing else."""

    checked: int = 0
    changed: int = 0
    failed: int = 0
    unchanged: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    lanes: dict[str, LaneTally] = field(default_factory=dict)

    def add(self, other: Recorded) -> None:
        self.checked += other.checked
        self.changed += other.changed
        self.failed += other.failed
        self.unchanged += other.unchanged
        self.outcomes.update(other.outcomes)

    def count(self, result: Checked, outcome_code: str) -> None:
        lane = self.lanes.setdefault(result.lane, LaneTally())
        failed = int(outcome_code != OK.code)
        self.checked += 1
        self.failed += failed
        self.outcomes[outcome_code] += 1
        lane.checked += 1
        lane.failed += failed
        lane.seconds += result.seconds
