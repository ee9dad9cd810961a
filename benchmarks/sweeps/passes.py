"""A pass: everything is due, real workers check it; how long it took and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from benchmarks.sweeps.processes import Usage, descendants
from benchmarks.sweeps.site import said
from benchmarks.world import Counts, World

if TYPE_CHECKING:
    from versions.models import PackageQuerySet

FEED_SECONDS = 60.0  # as the planner's schedule does
SETTLE_SECONDS = 60.0
POLL = 0.25
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to; `memory` is the peak of the largest process, in MB."""

    name: str
    complete: bool
    seconds: float
    requests: int
    checked: int
    wrong: int
    memory: float


def run(name: str, world: World, leaders: list[int], seconds: float) -> Pass:
    """Check all packages once and print what came of it."""
    before = world.counts()
    usage, earlier = Usage(), Usage()
    earlier.sample(leaders)
    began, started = hasten_all(), time.monotonic()
    complete = until_checked(began, started + seconds, lambda: usage.sample(leaders))
    took = time.monotonic() - started
    usage.sample(leaders)
    counts = world.counts() - before
    wrong = wrong_answers(world)
    done = _report(name, took, counts, began, complete=complete)
    _report_workers(usage, earlier)
    _report_answers(wrong, world)
    return Pass(name, complete, took, counts.requests, done, len(wrong), _largest(usage, leaders))


def hasten_all() -> datetime:
    """Make all due, and queue it as the planner's schedule would; returns the moment before."""
    from django.utils import timezone

    from versions.models import Package
    from versions.planning import dispatch, planner

    began = timezone.now()
    planner.hasten(Package.objects.all())
    dispatch.feed()
    return began


def until_checked(
    began: datetime,
    until: float,
    meanwhile: Callable[[], object] = lambda: None,
    among: PackageQuerySet | None = None,
) -> bool:
    """Feed the queue until all packages, or these, have been checked. False if time is up."""
    from versions.models import Package
    from versions.planning import dispatch

    rows = (Package.objects.watched() if among is None else among).exclude(checked_at__gte=began)
    fed = time.monotonic()
    while rows.exists():
        if time.monotonic() > until:
            return False
        if time.monotonic() - fed > FEED_SECONDS:
            dispatch.feed()
            fed = time.monotonic()
        meanwhile()
        time.sleep(POLL)
    return True


def settle() -> None:
    """Wait until the sweep is over, and whoever worked on it has said so."""
    from core.models import Job
    from versions.models import Sweep
    from versions.planning import dispatch

    until = time.monotonic() + SETTLE_SECONDS
    while Sweep.objects.open().exists() or Job.objects.live().exists():
        if time.monotonic() > until:
            said("      the sweep did not end by itself")
            return
        dispatch.feed()
        time.sleep(1)


def wrong_answers(world: World) -> list[tuple[str, str, str]]:
    """(name, version, outcome) where that is not the newest version of a project, or no failure
    for one that is gone."""
    from versions.models import Package

    truth = world.truth()
    rows = Package.objects.watched().values_list("name", "latest_version", "outcome_code")
    return [
        (name, version, code)
        for name, version, code in rows
        if version != truth[name]["version"] or (code == "ok") != bool(truth[name]["version"])
    ]


def _report(name: str, took: float, counts: Counts, began: datetime, *, complete: bool) -> int:
    from versions.models import Package, VersionChange

    answered = Package.objects.filter(checked_at__gte=began)
    checked = answered.count()
    changed = VersionChange.objects.filter(seen_at__gte=began).count()
    failed = answered.filter(failures__gt=0).count()
    said(
        f"{name}: {checked} packages in {took:.1f} s ({checked / took:.0f}/s), "
        f"{counts.requests} requests, {counts.statuses['304']} of them 304; "
        f"{changed} changed, {failed} failed{'' if complete else '; TIME IS UP, not complete'}"
    )
    said(f"      requests: {listed(counts.by_kind)}")
    said(f"      {counts.bytes / 1e6:.0f} MB, the world's own CPU {counts.cpu:.1f} s")
    return checked


def _report_workers(usage: Usage, earlier: Usage) -> None:
    cpu = {pid: spent - earlier.cpu.get(pid, 0.0) for pid, spent in usage.cpu.items()}
    busy = sorted(cpu, key=lambda pid: -cpu[pid])[:SHOWN]
    each = ", ".join(f"{cpu[pid]:.1f} s and {usage.memory[pid]:.0f} MB" for pid in busy)
    said(f"      CPU and peak memory of the cluster's processes: {each}")


def _largest(usage: Usage, leaders: list[int]) -> float:
    living = {pid for leader in leaders for pid in descendants(leader)}
    return max((usage.memory.get(pid, 0.0) for pid in living), default=0.0)


def _report_answers(wrong: Sequence[tuple[str, str, str]], world: World) -> None:
    truth = world.truth()
    kinds = Counter(f"{truth[name]['kind']} {code}" for name, _, code in wrong)
    said(f"      answers: {len(truth) - len(wrong)} right, {len(wrong)} wrong {listed(kinds)}")
    show(wrong, truth)


def show(wrong: Sequence[tuple[str, str, str]], truth: Mapping[str, Mapping[str, str]]) -> None:
    for name, version, code in wrong[:SHOWN]:
        said(f"        {name}: {version!r} ({code}) instead of {truth[name]['version']!r}")


def listed(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common(SHOWN + 5))
