"""How long readers wait for pages while a sweep runs: 50 of them, each a page every 5 seconds.

    python -m benchmarks.readers [--readers 50] [--every 5] [--seconds 60] [--feedstocks 27000]

The site is the large one of `benchmarks.large_site`; web server and workers are started as
`manage.py up` starts them. Beside its feedstocks it watches a world on loopback, all of which is
due again and again, so that workers are at it the whole time. The database is a scratch one: SQLite
in a temporary directory, or BENCHMARK_DATABASE_URL, which must be empty; REDIS_URL is used if set.
Times are those of the readers, from the connection to the last byte.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

from benchmarks.large_site import fill, scratch
from benchmarks.pages import Address, addresses
from benchmarks.sweeps.processes import end_in_order, stop
from benchmarks.world import World, WorldConfig
from benchmarks.world.recipes import watch_entries

LIMIT_MS = 400
OWNER = "world"
READERS_NAME = "testserver"  # the host that the site of `scratch()` answers to
PATIENCE_SECONDS = 30.0
START_SECONDS = 60.0
LOOK_SECONDS = 2.0


@dataclass(slots=True)
class Waits:
    """By kind of page, how long each reader waited, in milliseconds; and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, milliseconds: float, error: str) -> None:
        with self.lock:
            self.times[kind].append(milliseconds)
            if error:
                self.errors.append(error)

    def all(self) -> list[float]:
        return [each for times in self.times.values() for each in times]


def main() -> int:
    options = _options()
    end_in_order()
    port = free_port()
    config = WorldConfig(packages=options.sweep, latency=0.05, index_projects=100_000)
    with World(config, prepare=True) as world:
        os.environ |= {**world.environment(), "BOTSITE_BIND": f"127.0.0.1:{port}"}
        os.environ |= {"BOTSITE_LOG_LEVEL": "ERROR"}
        if named := os.environ.get("BENCHMARK_DATABASE_URL"):
            os.environ["DATABASE_URL"] = named
        with scratch():
            prepare(world, options)
            pages = {kind: each for kind, each in addresses().items() if kind != "health"}
            with processes_of_up(port):
                waits, checked = _run(pages, port, options)
    _report(waits, checked, options)
    return 0 if not waits.errors and within(waits.all(), 0.95) <= LIMIT_MS else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two pages")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--feedstocks", type=int, default=27_000)
    parser.add_argument("--edges", type=int, default=300_000)
    parser.add_argument("--sweep", type=int, default=3000, help="packages that are swept meanwhile")
    return parser.parse_args()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(world: World, options: argparse.Namespace) -> None:
    """The large site, of which nothing is due, and the world, of which everything is."""
    from django.utils import timezone

    from core.jobs import schedules
    from versions import watch
    from versions.models import Package

    started = time.monotonic()
    fill(options.feedstocks, options.edges)
    later = timezone.now() + timedelta(days=1)
    Package.objects.update(next_check_at=later, lease_token="", lease_until=None)
    watch.sync(OWNER, watch_entries(world.projects(), OWNER))
    schedules.sync()
    print(f"filled in {time.monotonic() - started:.0f} s", flush=True)


@contextmanager
def processes_of_up(port: int) -> Iterator[list[int]]:
    """Those of `up`: the web server, and a cluster for each queue; gives their process ids."""
    from botsite import processes

    leaders = []
    with ExitStack() as ending:
        for child in [processes.web(), *processes.queues()]:
            child.start()
            assert child.process  # noqa: S101 - it was started
            ending.callback(stop, child.process)
            leaders.append(child.process.pid)
        _await(port)
        yield leaders


def _await(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while _read(port, "/livez"):
        if time.monotonic() > until:
            sys.exit("the web server did not answer")
        time.sleep(0.2)


def _read(port: int, address: str) -> str:
    """Read a page as browsers do; what went wrong, or nothing."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", address, headers={"Host": READERS_NAME})
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        return f"{address}: {error!r}"
    finally:
        connection.close()
    return "" if answer.status == 200 else f"{address}: {answer.status}"


def _run(pages: Mapping[str, Address], port: int, options: argparse.Namespace) -> tuple[Waits, int]:
    """Let all read until time is up; their waits, and how many look-ups were made meanwhile."""
    waits, until = Waits(), time.monotonic() + options.seconds
    readers = [
        threading.Thread(target=read_on, args=(number, pages, port, options.every, until, waits))
        for number in range(options.readers)
    ]
    before = checks()
    for reader in readers:
        reader.start()
    while time.monotonic() < until:
        _keep_sweeping()
        time.sleep(LOOK_SECONDS)
    for reader in readers:
        reader.join()
    return waits, checks() - before


def read_on(
    number: int,
    pages: Mapping[str, Address],
    port: int,
    every: float,
    until: float,
    waits: Waits,
) -> None:
    pick = random.Random(number)
    time.sleep(every * pick.random())
    while time.monotonic() < until:
        kind = pick.choice(list(pages))
        started = time.monotonic()
        error = _read(port, pages[kind](pick))
        took = time.monotonic() - started
        waits.note(kind, 1000 * took, error)
        time.sleep(max(0.0, every - took))


def checks() -> int:
    from django.db.models import Sum

    from versions.models import Package

    checks = Package.objects.filter(owner=OWNER).aggregate(Sum("checks"))["checks__sum"]
    return checks or 0


def _keep_sweeping() -> None:
    """Have all of the world looked up again as soon as it was."""
    from django.utils import timezone

    from versions.models import Package
    from versions.planning import dispatch, planner

    watched = Package.objects.filter(owner=OWNER)
    if not watched.filter(next_check_at__lte=timezone.now()).exists():
        planner.hasten(watched)
    dispatch.feed()


def within(times: list[float], share: float) -> float:
    """The time within which this share of them was; 0 if there are none."""
    ordered = sorted(times)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def _report(waits: Waits, checked: int, options: argparse.Namespace) -> None:
    headings = ["pages", "p50 ms", "p95 ms", "max ms"]
    print(f"{'page':<16}", *[f"{heading:>8}" for heading in headings])
    for kind, times in [*sorted(waits.times.items()), ("all", waits.all())]:
        figures = [within(times, share) for share in (0.5, 0.95, 1.0)]
        print(f"{kind:<16}", f"{len(times):>8}", *[f"{each:>8.0f}" for each in figures])
    print(
        f"{options.readers} readers, a page every {options.every:g} s, for {options.seconds:g} s, "
        f"and {checked} look-ups meanwhile; errors: {len(waits.errors)}"
    )
    for error in waits.errors[:5]:
        print(f"    {error}")


if __name__ == "__main__":
    sys.exit(main())
