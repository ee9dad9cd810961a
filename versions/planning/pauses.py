"""Pauses that people order: of one lane, or of all checks. Workers obey within seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core import hearsay, overrides
from core.models import Override
from core.overrides import Person

ALL = ""
TOLD_SECONDS = 30
_ONE, _EVERY = "pause_lane", "pause_checks"
_PREFIX = "lane:"
_TOLD = "pause of all checks"


@dataclass(frozen=True, slots=True)
class Pause:
    author_name: str
    reason: str
    created_at: datetime


def pause_lanes(lane: str = ALL, *, by: Person, reason: str = "") -> bool:
    """Ask nobody in this lane, or in any, until somebody resumes it. False if it is so already."""
    if lane in paused():
        return False
    overrides.decide(_kind(lane), _target(lane), by=by, reason=reason)
    hearsay.forget(_TOLD)
    return True


def resume_lanes(lane: str = ALL, *, by: Person) -> bool:
    """End such a pause; whether there was one. Resuming all leaves the pauses of single lanes."""
    ended = overrides.undo(_kind(lane), _target(lane), by=by)
    hearsay.forget(_TOLD)
    return bool(ended)


def paused() -> dict[str, Override]:
    """The pauses in force by lane; that of all checks under ""."""
    rows = Override.objects.active().filter(kind__in=(_ONE, _EVERY))
    return {row.target.removeprefix(_PREFIX): row for row in rows.order_by("created_at")}


def of_all() -> Pause | None:
    """The pause of all checks, for every page to tell; a moment old, so that it costs no query."""
    told: list[Pause] | None = hearsay.recall(_TOLD)
    if told is None:
        row = paused().get(ALL)
        told = [Pause(row.author_name, row.reason, row.created_at)] if row else []
        hearsay.tell(_TOLD, told, TOLD_SECONDS)
    return told[0] if told else None


def _kind(lane: str) -> str:
    return _ONE if lane else _EVERY


def _target(lane: str) -> str:
    return f"{_PREFIX}{lane}"
