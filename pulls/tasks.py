"""Background work of proposing, and of dealing with forges."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import Running, enqueue, every, job_kind
from pulls.acts import tending
from pulls.making import proposing
from pulls.models import due


@job_kind("pulls.propose", title="Make proposals", queue="net")
def propose(running: Running) -> dict[str, Any]:
    return {"outcomes": proposing.propose_due(running.progress)}


@every(minutes=1, name="pulls.propose", title="Propose what is outdated")
def propose_due() -> None:
    proposing.withdraw()
    if due(timezone.now()).exists():
        enqueue("pulls.propose")


# As many jobs as there are workers: each row is one worker's, by its lease.
@job_kind("pulls.tend", title="Deal with forges", queue="pulls", max_attempts=1)
def tend(running: Running) -> dict[str, Any]:
    return {"acts": tending.tend(running.progress)}


@every(minutes=1, name="pulls.tend", title="Open, update and follow pull requests")
def tend_due() -> None:
    if tending.is_due():
        for number in range(settings.WORKERS["pulls"]):
            enqueue("pulls.tend", f"worker {number + 1}")
