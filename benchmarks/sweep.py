"""How long real workers take to check all packages of a world: cold, then warm.

    python -m benchmarks.sweep [--packages 27000] [--latency 0.05] [--changed 0.01] [--workers 2]

Works in a scratch database of its own: SQLite in a temporary directory, or BENCHMARK_DATABASE_URL,
with REDIS_URL as it is. Each pass has all packages due; before the warm one a share of them has
released something. Requests are those that reached the world, whatever became of them; an answer is
right if it is what the world knows to be true. Everything stays on loopback, and ends after
`--seconds` at the latest.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.world import Counts, World, WorldConfig
from benchmarks.world.recipes import watch_entries

ROOT = Path(__file__).resolve().parent.parent
OWNER = "world"
FEED_SECONDS = 60.0  # as the planner's schedule does
INDEX_PROJECTS, CRAN_PACKAGES = 700_000, 22_000
_TICKS = os.sysconf("SC_CLK_TCK")
_SHOWN = 5


@dataclass(slots=True)
class Usage:
    """Of the processes of a cluster, by process id: peak memory in MB, and CPU seconds."""

    memory: dict[int, float] = field(default_factory=dict)
    cpu: dict[int, float] = field(default_factory=dict)

    def sample(self, leader: int) -> None:
        for pid in _descendants(leader):
            with suppress(OSError, ValueError, IndexError):
                self.memory[pid] = _peak_mb(pid)
                self.cpu[pid] = _cpu_seconds(pid)


def main() -> None:
    options = _options()
    config = WorldConfig(
        packages=options.packages,
        seed=options.seed,
        latency=options.latency,
        html_only=options.html_only,
        index_projects=INDEX_PROJECTS,
        cran_packages=CRAN_PACKAGES,
    )
    with scratch() as directory, World(config, prepare=True) as world:
        _environment(directory, world, options.workers)
        _watch(world)
        with cluster() as leader:
            _pass("cold", world, leader, options.seconds)
            world.advance(options.changed)
            _pass("warm", world, leader, options.seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=27_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds, varied by half")
    parser.add_argument("--changed", type=float, default=0.01, help="share before the warm pass")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--html-only", action="store_true", help="an index without JSON")
    parser.add_argument("--seconds", type=float, default=1200.0, help="for each pass at most")
    return parser.parse_args()


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="botsite-sweep-") as directory:
        yield Path(directory)


def _environment(directory: Path, world: World, workers: int) -> None:
    """Settings for this process and for the workers."""
    database = f"sqlite:///{directory / 'sweep.sqlite3'}"
    os.environ |= {
        "BOTSITE_VAR_DIR": str(directory),
        "BOTSITE_APPS": "versions",
        "BOTSITE_LOG_LEVEL": "WARNING",
        "BOTSITE_NET_WORKERS": str(workers),
        "DATABASE_URL": os.environ.get("BENCHMARK_DATABASE_URL", database),
        "DJANGO_SETTINGS_MODULE": "botsite.settings",
        **world.environment(),
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _watch(world: World) -> None:
    from versions import watch

    started = time.monotonic()
    report = watch.sync(OWNER, watch_entries(world.projects(), OWNER))
    print(f"watch {report.watched:7} packages in {time.monotonic() - started:.1f} s", flush=True)


# The workers


@contextmanager
def cluster() -> Iterator[int]:
    """A qcluster for the `net` queue; gives the id of its leading process."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env={**os.environ, "Q_CLUSTER_NAME": "net"},
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _descendants(leader: int) -> Iterator[int]:
    with suppress(OSError):
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for child in map(int, children):
            yield child
            yield from _descendants(child)


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


# A pass


def _pass(name: str, world: World, leader: int, seconds: float) -> None:
    from django.utils import timezone

    from versions import planner
    from versions.models import Package

    planner.hasten(Package.objects.all())
    counts, before, after = world.counts(), Usage(), Usage()
    began, started = timezone.now(), time.monotonic()
    before.sample(leader)
    _await_all(began, leader, after, started + seconds)
    took = time.monotonic() - started
    _report(name, took, world.counts() - counts, began)
    cpu = {pid: spent - before.cpu.get(pid, 0.0) for pid, spent in after.cpu.items()}
    _report_workers(cpu, after.memory)
    _report_answers(world, began)


def _await_all(began: datetime, leader: int, usage: Usage, until: float) -> None:
    """Feed the queue until every package has been checked, or time is up."""
    from versions import dispatch
    from versions.models import Package

    fed = 0.0
    while Package.objects.watched().exclude(checked_at__gte=began).exists():
        if time.monotonic() > until:
            print("time is up: this pass is not complete")
            return
        if time.monotonic() - fed > FEED_SECONDS:
            dispatch.feed()
            fed = time.monotonic()
        usage.sample(leader)
        time.sleep(0.5)
    usage.sample(leader)


def _report(name: str, took: float, counts: Counts, began: datetime) -> None:
    from versions.models import Package, VersionChange

    answered = Package.objects.filter(checked_at__gte=began)
    checked = answered.count()
    changed = VersionChange.objects.filter(seen_at__gte=began).count()
    failed = answered.filter(failures__gt=0).count()
    print(
        f"{name:5} {checked:7} packages in {took:.1f} s ({checked / took:.0f}/s), "
        f"{counts.requests} requests, {counts.statuses['304']} of them 304; "
        f"{changed} changed, {failed} failed"
    )
    print(f"      requests: {_listed(counts.by_kind)}")
    print(f"      {counts.bytes / 1e6:.0f} MB, the world's own CPU {counts.cpu:.1f} s")


def _report_workers(cpu: Mapping[int, float], memory: Mapping[int, float]) -> None:
    busy = sorted(cpu, key=lambda pid: -cpu[pid])[:_SHOWN]
    each = ", ".join(f"{cpu[pid]:.1f} s CPU and {memory[pid]:.0f} MB at most" for pid in busy)
    print(f"      processes of the cluster: {each}")


def _report_answers(world: World, began: datetime) -> None:
    """Right is the newest version of a project, and a failure for one that is gone."""
    from versions.models import Package

    truth = world.truth()
    rows = Package.objects.watched().values_list("name", "latest_version", "outcome_code")
    wrong = [
        (name, version, code)
        for name, version, code in rows
        if version != truth[name]["version"] or (code == "ok") != bool(truth[name]["version"])
    ]
    kinds = Counter(f"{truth[name]['kind']} {code}" for name, _, code in wrong)
    print(f"      answers: {len(truth) - len(wrong)} right, {len(wrong)} wrong: {_listed(kinds)}")
    _show(wrong, truth)


def _show(wrong: Sequence[tuple[str, str, str]], truth: Mapping[str, Mapping[str, str]]) -> None:
    for name, version, code in wrong[:_SHOWN]:
        print(f"        {name}: {version!r} ({code}) instead of {truth[name]['version']!r}")


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counter.most_common(_SHOWN + 5))


if __name__ == "__main__":
    main()
