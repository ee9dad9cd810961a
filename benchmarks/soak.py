"""Half an hour of everything at once: does memory stay flat, do tables stay small, do pages stay
quick?

    python -m benchmarks.soak [--minutes 30] [--packages 27000] [--times 4] [--readers 20]

The site is that of `benchmarks.readers`, with as many packages in a world on loopback. A normal
pace is one look at each package an hour; here it is so many times that, spread evenly, and one in a
hundred has released something since. Memory is what processes hold at a moment (RSS), shared pages
included. BENCHMARK_DATABASE_URL and REDIS_URL choose other services, as for `benchmarks.readers`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import readers
from benchmarks.large_site import scratch
from benchmarks.pages import addresses
from benchmarks.readers import LIMIT_MS, Waits
from benchmarks.sweeps.processes import descendants, end_in_order
from benchmarks.world import World, WorldConfig

PORTIONS = 60  # in which the packages of an hour become due
CHANGED = 0.01
WARM_UP = 0.2  # share of the time after which memory counts
GROWTH = 1.1  # times what it was, that memory may grow from the second fifth to the last
QUEUED = 500  # rows of the queue's own tables that are no pile


@dataclass(frozen=True, slots=True)
class Moment:
    """MB of all processes together, and rows, some seconds after the start."""

    seconds: float
    memory: float
    largest: float
    queued: int
    jobs: int
    database: float

    def line(self) -> str:
        return (
            f"{self.seconds / 60:5.1f} min: {self.memory:6.0f} MB in all, {self.largest:4.0f} MB "
            f"the largest process, {self.queued:4} rows queued, {self.jobs:5} jobs, database "
            f"{self.database:5.0f} MB"
        )


def main() -> int:
    options = _options()
    end_in_order()
    port = readers.free_port()
    config = WorldConfig(packages=options.packages, latency=0.05, index_projects=100_000)
    with World(config, prepare=True) as world:
        os.environ |= {**world.environment(), "BOTSITE_BIND": f"127.0.0.1:{port}"}
        os.environ |= {"BOTSITE_LOG_LEVEL": "ERROR"}
        if named := os.environ.get("BENCHMARK_DATABASE_URL"):
            os.environ["DATABASE_URL"] = named
        with scratch():
            readers.prepare(world, options)
            with readers.processes_of_up(port) as leaders:
                return 0 if _soak(world, port, leaders, options) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--packages", type=int, default=27_000, help="that are swept")
    parser.add_argument("--times", type=float, default=4.0, help="the normal pace")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two pages")
    parser.add_argument("--feedstocks", type=int, default=27_000)
    parser.add_argument("--edges", type=int, default=300_000)
    options = parser.parse_args()
    options.seconds = 60 * options.minutes
    return options


def _soak(world: World, port: int, leaders: list[int], options: argparse.Namespace) -> bool:
    waits = Waits()
    pages = {kind: each for kind, each in addresses().items() if kind != "health"}
    before, until = readers.checks(), time.monotonic() + options.seconds
    reading = [
        threading.Thread(
            target=readers.read_on, args=(number, pages, port, options.every, until, waits)
        )
        for number in range(options.readers)
    ]
    for each in reading:
        each.start()
    moments = list(_sweeping(world, leaders, until, options))
    for each in reading:
        each.join()
    return _report(moments, waits, readers.checks() - before, options)


def _sweeping(
    world: World, leaders: list[int], until: float, options: argparse.Namespace
) -> Iterator[Moment]:
    """Make a portion due at a time, and look around each time."""
    pause, started = 3600 / options.times / PORTIONS, time.monotonic()
    portion = 0
    while (now := time.monotonic()) < until:
        _make_due(world, portion % PORTIONS)
        moment = _moment(now - started, leaders)
        print(moment.line(), flush=True)
        yield moment
        portion += 1
        time.sleep(max(0.0, min(started + portion * pause, until) - time.monotonic()))


def _make_due(world: World, portion: int) -> None:
    from django.db.models import F

    from versions.models import Package
    from versions.planning import dispatch, planner

    world.advance(CHANGED / PORTIONS)
    watched = Package.objects.filter(owner=readers.OWNER).annotate(portion=F("pk") % PORTIONS)
    planner.hasten(watched.filter(portion=portion))
    dispatch.feed()


def _moment(seconds: float, leaders: list[int]) -> Moment:
    from django.db import connection
    from django_q.models import OrmQ, Task

    from core.models import Job

    held = [_resident(pid) for leader in leaders for pid in (leader, *descendants(leader))]
    queued = OrmQ.objects.count() + Task.objects.count()
    return Moment(
        seconds, sum(held), max(held), queued, Job.objects.count(), _size(connection.vendor)
    )


def _resident(pid: int) -> float:
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return 0.0


def _size(vendor: str) -> float:
    """MB of the database, what is not yet in its main file included."""
    from django.conf import settings
    from django.db import connection

    if vendor == "sqlite":
        name = settings.DATABASES["default"]["NAME"]
        files = (Path(f"{name}{end}") for end in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists()) / 1e6
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1e6


def _report(moments: list[Moment], waits: Waits, checked: int, options: argparse.Namespace) -> bool:
    fifth = max(1, int(WARM_UP * len(moments)))
    early, late = moments[fifth : 2 * fifth] or moments, moments[-fifth:]
    grown = _mean(late) / _mean(early)
    p95 = readers.within(waits.all(), 0.95)
    most = max(moment.queued for moment in moments)
    print(
        f"{checked} look-ups and {len(waits.all())} pages in {options.minutes:g} minutes; "
        f"pages p95 {p95:.0f} ms, errors: {len(waits.errors)}"
    )
    print(
        f"memory in the last fifth is {grown:.2f} times that of the second; queued at most {most}"
    )
    for error in waits.errors[:5]:
        print(f"    {error}")
    return not waits.errors and grown <= GROWTH and most <= QUEUED and p95 <= LIMIT_MS


def _mean(moments: list[Moment]) -> float:
    return statistics.fmean(moment.memory for moment in moments)


if __name__ == "__main__":
    sys.exit(main())
