"""People ask for single packages while everything is being checked: how long they wait."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from benchmarks.sweeps import passes
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import clusters, said, site, world_config
from benchmarks.world.population import Kind

if TYPE_CHECKING:
    from core.models import Job

AT_MOST = 10.0  # seconds, at p95
EVERY = 1.0  # seconds from one person to the next
RATE_LIMITED = {Kind.GITHUB}  # by what a host bears, not by us
LEAST_LEFT = 0.1  # of all packages; else the sweep begins anew
PATIENCE = 60.0


def run(options: Options) -> bool:
    return bool(isolated(_measure, options))


def _measure(options: Options) -> bool:
    with site(world_config(options), options.workers) as world, clusters(("net", "default")):
        names = [each.name for each in world.projects() if each.kind not in RATE_LIMITED]
        draw = random.Random(options.seed)
        began = passes.hasten_all()
        until = time.monotonic() + options.seconds
        jobs, sweeps = [], 1
        for name in draw.sample(names, min(len(names), options.reruns)):
            if time.monotonic() > until:
                break
            if _left(began) < LEAST_LEFT * options.packages:
                began, sweeps = passes.hasten_all(), sweeps + 1
            jobs.append(_ask(name))
            time.sleep(EVERY)
        waits = sorted(_waited(job) for job in jobs)
        return _report(waits, options.reruns, sweeps)


def _left(began: object) -> int:
    from versions.models import Package

    return Package.objects.watched().exclude(checked_at__gte=began).count()


def _ask(name: str) -> Job:
    """As the button on its page does."""
    from botsite import pipeline
    from versions.models import Package

    return pipeline.check_now(Package.objects.by_name(name).key)


def _waited(job: Job) -> float:
    """Seconds from the request to the end of the job; infinite if it does not end well."""
    from core.models import JobState

    until = time.monotonic() + PATIENCE
    job.refresh_from_db()
    while job.is_live and time.monotonic() < until:
        time.sleep(0.1)
        job.refresh_from_db()
    if job.state != JobState.DONE or job.finished_at is None:
        return float("inf")
    return (job.finished_at - job.requested_at).total_seconds()


def _report(waits: list[float], wanted: int, sweeps: int) -> bool:
    if not waits:
        return False
    p95 = waits[min(len(waits) - 1, int(0.95 * len(waits)))]
    said(
        f"reruns: {len(waits)} of {wanted} during {sweeps} full sweeps: p50 "
        f"{waits[len(waits) // 2]:.2f} s, p95 {p95:.2f} s, at most {waits[-1]:.2f} s; "
        f"p95 of {AT_MOST:g} s wanted"
    )
    return len(waits) == wanted and p95 <= AT_MOST
