"""Background work of proposing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.jobs import Running, enqueue, every, job_kind
from pulls import proposing
from pulls.models import due


@job_kind("pulls.propose", title="Make proposals", queue="net")
def propose(running: Running) -> dict[str, Any]:
    return {"outcomes": proposing.propose_due(running.progress)}


@every(minutes=1, name="pulls.propose", title="Propose what is outdated")
def propose_due() -> None:
    proposing.withdraw()
    if due(timezone.now()).exists():
        enqueue("pulls.propose")
