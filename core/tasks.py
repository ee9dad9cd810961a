"""Scheduled work of the plumbing itself."""

from __future__ import annotations

from django.conf import settings

from core import forgetting, measurements
from core.http import door
from core.jobs import Running, every, job_kind
from core.jobs.recover import recover

PRUNING_SECONDS = 45.0  # what is left is forgotten the next day


@every(minutes=1, name="core.recover", title="Restart lost jobs")
def recover_jobs() -> None:
    recover()


@every(minutes=360, name="core.tidy", title="Forget pages of long ago")
def tidy() -> None:
    door().prune_pages(settings.KEPT_PAGES_MB * 1_000_000)


@every(minutes=1440, name="core.prune", title="Forget rows that are past keeping")
def prune() -> None:
    forgetting.prune(seconds=PRUNING_SECONDS)


@every(minutes=5, name="core.measure", title="Write down figures for charts")
def measure() -> None:
    measurements.take()
    measurements.thin()


@job_kind("core.ping", title="Show that workers run")
def ping(running: Running) -> dict[str, int]:
    running.progress(1, 1)
    return {"attempts": running.job.attempts}
