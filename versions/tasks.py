"""Scheduled and queued work of step 3: thin callers of the functions that do it."""

from __future__ import annotations

from typing import Any

from core.jobs import Running, every, job_kind
from versions.figures import standstill
from versions.planning import dispatch


@every(minutes=1, name="versions.plan", title="Find what is due and queue it")
def plan() -> None:
    dispatch.feed()


# A shift whose worker died is not started again: what it had in hand comes back with its leases.
@job_kind(dispatch.CHECK_JOB, title="Check versions", queue="net", max_attempts=1)
def check(running: Running) -> dict[str, Any]:
    return dispatch.do_shift(running.payload["sweep"], running.job, running.progress)


@every(minutes=1, name="versions.watch_lanes", title="Notice lanes that stand still")
def watch_lanes() -> None:
    standstill.notice()
