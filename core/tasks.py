"""Scheduled work of the plumbing itself."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from core import hosts, measurements
from core.http import door
from core.jobs import Running, every, job_kind
from core.jobs.recover import recover


@every(minutes=1, name="core.recover", title="Restart lost jobs")
def recover_jobs() -> None:
    recover()


@every(minutes=360, name="core.tidy", title="Forget pages and hosts of long ago")
def tidy() -> None:
    hosts.forget_silent(timezone.now())
    door().prune_pages(settings.KEPT_PAGES_MB * 1_000_000)


@every(minutes=5, name="core.measure", title="Write down figures for charts")
def measure() -> None:
    measurements.take()
    measurements.thin()


@job_kind("core.ping", title="Show that workers run")
def ping(running: Running) -> dict[str, int]:
    running.progress(1, 1)
    return {"attempts": running.job.attempts}
