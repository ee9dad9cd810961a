"""Scheduled and queued work of step 3: thin callers of the functions that do it."""

from __future__ import annotations

from typing import Any

from core.jobs import Running, every, job_kind
from versions import dispatch, sweep
from versions.planner import Chunk


@every(minutes=1, name="versions.plan", title="Find what is due and queue it")
def plan() -> None:
    dispatch.feed()


# A chunk whose worker died is not started again: its packages come back when their leases end.
@job_kind(dispatch.CHECK_JOB, title="Check versions", queue="net", max_attempts=1)
def check(running: Running) -> dict[str, Any]:
    asked = running.payload
    chunk = Chunk(token=asked["token"], lane=asked["lane"], size=asked["size"])
    recorded = sweep.check_for_sweep(asked["sweep"], chunk, running.progress)
    dispatch.feed(ending=running.job)
    return {"changed": recorded.changed, "failed": recorded.failed, **recorded.outcomes}
