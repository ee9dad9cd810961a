"""Rows of the version service as documents of the JSON interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema

from core.api.documents import OutcomeOut
from versions.models import Candidate, Package, Sweep, VersionChange


class WatchedOut(Schema):
    """A watched package. `stale`: the answer is older than the last check, which failed."""

    key: str
    name: str
    current_version: str
    latest_version: str
    source: str
    url: str
    released_at: datetime | None
    checked_at: datetime | None
    last_success_at: datetime | None
    next_check_at: datetime | None
    outcome: OutcomeOut | None
    failures: int
    paused: bool
    stale: bool


class CandidateOut(Schema):
    version: str
    verdict: str
    rule: str
    sentence: str
    source: str
    url: str
    released_at: datetime | None
    prerelease: bool | None
    yanked: bool
    first_seen_at: datetime


class ChangeOut(Schema):
    """The latest version became another one. `from_version` is empty for the first."""

    sequence: int
    from_version: str
    to_version: str
    source: str
    seen_at: datetime
    released_at: datetime | None


class ReleaseOut(ChangeOut):
    id: int
    key: str
    name: str


class LaneOut(Schema):
    """A lane's part in a sweep; `seconds` are those of all look-ups together."""

    due: int = 0
    checked: int = 0
    failed: int = 0
    requests: int = 0
    saved: int = 0
    seconds: float = 0.0


class TrafficOut(Schema):
    requests: int = 0
    failures: int = 0
    seconds: float = 0.0


class SweepOut(Schema):
    """`saved` are requests that bulk answers made needless; `outcomes` counts packages by code."""

    id: int
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    cancelled_at: datetime | None
    due: int
    checked: int
    changed: int
    unchanged: int
    failed: int
    requests: int
    saved: int
    duration_s: float
    outcomes: dict[str, int]


class SweepInFullOut(SweepOut):
    """With the figures of each lane and host."""

    lanes: dict[str, LaneOut]
    hosts: dict[str, TrafficOut]


def of_watched(package: Package) -> dict[str, Any]:
    return {
        "key": package.key,
        "name": package.name,
        "current_version": package.current_version,
        "latest_version": package.latest_version,
        "source": package.latest_source,
        "url": package.latest_url,
        "released_at": package.latest_released_at,
        "checked_at": package.checked_at,
        "last_success_at": package.last_success_at,
        "next_check_at": None if package.paused else package.next_check_at,
        "outcome": package.outcome or None,
        "failures": package.failures,
        "paused": package.paused,
        "stale": package.stale,
    }


def of_candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "version": candidate.version,
        "verdict": candidate.verdict,
        "rule": candidate.rule,
        "sentence": candidate.sentence,
        "source": candidate.source,
        "url": candidate.url,
        "released_at": candidate.released_at,
        "prerelease": candidate.prerelease,
        "yanked": candidate.yanked,
        "first_seen_at": candidate.first_seen_at,
    }


def of_change(change: VersionChange) -> dict[str, Any]:
    return {
        "sequence": change.sequence,
        "from_version": change.from_version,
        "to_version": change.to_version,
        "source": change.source,
        "seen_at": change.seen_at,
        "released_at": change.released_at,
    }


def of_release(change: VersionChange) -> dict[str, Any]:
    package = change.package
    return {"id": change.pk, "key": package.key, "name": package.name, **of_change(change)}


def of_sweep(sweep: Sweep) -> dict[str, Any]:
    """Without what is large, so that lists needn't fetch it."""
    columns = ("due", "checked", "changed", "unchanged", "failed", "requests", "saved", "outcomes")
    return {
        "id": sweep.pk,
        "trigger": sweep.trigger,
        "started_at": sweep.started_at,
        "finished_at": sweep.finished_at,
        "cancelled_at": sweep.cancelled_at,
        "duration_s": round(sweep.duration_s, 3),
        **{column: getattr(sweep, column) for column in columns},
    }


def of_sweep_in_full(sweep: Sweep) -> dict[str, Any]:
    return {**of_sweep(sweep), "lanes": sweep.lanes, "hosts": sweep.hosts}
