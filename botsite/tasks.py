"""Jobs that span the apps."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from botsite import pipeline
from core.jobs import Running, job_kind
from versions import sweep

if apps.is_installed("graph"):
    from graph.build import build
    from graph.intake.reading import track
    from graph.readback import read_back

    @job_kind(pipeline.FIRST_START, title="Load the sample channel", queue="net")
    def first_start(running: Running) -> dict[str, Any]:
        """Track, build, check and read back in one go: a new user soon sees a living bot."""
        report = track(running.payload["spec"], running.target, running.progress)
        build()
        read_back()
        done = sweep.run_sweep(running.progress)
        read_back()
        return {"read": report.read, "failed": report.failed, "checked": done.checked}


@job_kind(pipeline.CHECK, title="Check one package now")
def check(running: Running) -> dict[str, Any]:
    recorded = sweep.check_now([running.target])
    if apps.is_installed("graph"):
        read_back([running.target])
    return {"checked": recorded.checked, **recorded.outcomes}
