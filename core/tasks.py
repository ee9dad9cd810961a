"""Scheduled work of the plumbing itself."""

from __future__ import annotations

from core.jobs import Running, every, job_kind
from core.jobs.recover import recover


@every(minutes=1, name="core.recover", title="Restart lost jobs")
def recover_jobs() -> None:
    recover()


@job_kind("core.ping", title="Show that workers run")
def ping(running: Running) -> dict[str, int]:
    running.progress(1, 1)
    return {"attempts": running.job.attempts}
