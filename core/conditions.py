"""Conditions: the answer to "why is there no pull request for my package?".

Each app has `conditions.py` with `conditions(key) -> list[Condition]`; `botsite` joins them in
pipeline order, so that page, API and `explain` print the same list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold before a package gets its pull request.

    `stage` is the pipeline stage (`recipe`, `graph`, `watch`, `version`, `pull request`), `code` an
    outcome code or `ok`, `evidence` what was seen, JSON-serialisable; `action` names what the
    reader can do about it, or is empty.
    """

    stage: str
    code: str
    state: State
    sentence: str
    evidence: dict[str, Any] = field(default_factory=dict)
    checked_at: datetime | None = None
    next_try_at: datetime | None = None
    action: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "code": self.code,
            "state": self.state.value,
            "sentence": self.sentence,
            "evidence": self.evidence,
            "checked_at": self.checked_at.isoformat() if self.checked_at else None,
            "next_try_at": self.next_try_at.isoformat() if self.next_try_at else None,
            "action": self.action,
        }
