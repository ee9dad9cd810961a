"""Random kills in the middle of sweeps: nothing is lost, nothing is done twice, nobody helps."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from benchmarks.sweeps import passes
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import said, scratch, site, world_config
from benchmarks.sweeps.victims import OneMachine, TwoHosts
from benchmarks.world import World, WorldConfig

KILL_WITHIN = 0.8  # of what a sweep takes without kills
CYCLE_SECONDS = 240.0
PATIENCE = 60.0
RELEASED = 0.05  # share of projects that release something before each cycle
_POLL = 0.5

Machine = TwoHosts | OneMachine
Change = tuple[int, str, str]  # number in the sequence, from, to
Result = TypeVar("Result")


def run(options: Options) -> bool:
    on = {"both": ("postgres", "sqlite")}.get(options.chaos_on, (options.chaos_on,))
    fine = [bool(isolated(_on, options, database)) for database in on]
    return all(fine)


def _on(options: Options, database: str) -> bool:
    """All cycles on one database; the first two are without a kill, to see how long one takes."""
    config = world_config(
        options, packages=options.chaos_packages, index_projects=0, cran_packages=0
    )
    until = time.monotonic() + options.chaos_seconds
    draw = random.Random(options.seed)
    with _running(options, database, config, draw) as (machine, world):
        _cycle(machine, world, options, "", 0.0)
        took = abs(_cycle(machine, world, options, "", 0.0))
        said(f"chaos on {database}: seed {options.seed}, a sweep takes {took:.1f} s without kills")
        kinds = [machine.kinds[number % len(machine.kinds)] for number in range(options.kills)]
        draw.shuffle(kinds)
        done, bad = Counter[str](), 0
        for kind in kinds:
            if time.monotonic() > until:
                break
            cycle = _cycle(machine, world, options, kind, draw.uniform(0, KILL_WITHIN * took))
            done[kind] += 1
            bad += cycle < 0
        time.sleep(options.pause)  # what was fresh a moment ago is asked for anew
        bad += _cycle(machine, world, options, "", 0.0) < 0
        return _report(database, world, done, bad, options.kills)


@contextmanager
def _running(
    options: Options, database: str, config: WorldConfig, draw: random.Random
) -> Iterator[tuple[Machine, World]]:
    shared = {
        "BOTSITE_SECRET_KEY": secrets.token_urlsafe(48),
        "BOTSITE_CHECK_LEASE_SECONDS": str(options.lease),
        "BOTSITE_JOB_LEASE_SECONDS": str(2 * options.lease),
        "BOTSITE_LOG_LEVEL": "ERROR",
    }
    if database == "sqlite":
        os.environ.pop("REDIS_URL", None)
        with site(config, options.workers, shared) as world, OneMachine(draw) as one:
            yield one, world
        return
    with scratch() as directory:
        machine = TwoHosts(directory, draw)
        try:
            with site(config, options.workers, shared | machine.environment) as world, machine:
                yield machine, world
        finally:
            machine.close()


def _cycle(machine: Machine, world: World, options: Options, kind: str, after: float) -> float:
    """One sweep over all, with a kill after so many seconds; returns how long it took, less than
    0 if something was lost or done twice."""
    world.advance(RELEASED)
    before = _checks()
    passes.hasten_all()  # as `sweep --all` does; from here on nobody helps
    started = time.monotonic()
    killed = ""
    if kind:
        time.sleep(after)
        killed = _persistently(lambda: machine.kill(kind))
    complete = _until_all_checked(before, started + min(options.seconds, CYCLE_SECONDS))
    took = time.monotonic() - started
    _persistently(_until_over)
    lost, twice = _compared(before)
    history = _history()
    fine = complete and not (lost or twice or history)
    if kind:
        said(
            f"  {kind} after {after:.1f} s: {killed}; all checked after {took:.1f} s, "
            f"{lost} lost, {twice} twice, {history} wrong in the history"
            f"{'' if fine else '   NOT FINE'}"
        )
    return took if fine else -took


def _until_all_checked(before: dict[str, int], until: float) -> bool:
    while time.monotonic() < until:
        if not _persistently(lambda: _compared(before))[0]:
            return True
        time.sleep(_POLL)
    return False


def _until_over() -> None:
    """Wait until the sweep has been closed, which the planner does every minute."""
    from versions.models import Sweep

    until = time.monotonic() + PATIENCE + passes.SETTLE_SECONDS
    while Sweep.objects.open().exists() and time.monotonic() < until:
        time.sleep(_POLL)


def _checks() -> dict[str, int]:
    from versions.models import Package

    return dict(Package.objects.watched().values_list("key", "checks"))


def _compared(before: dict[str, int]) -> tuple[int, int]:
    """How many packages were not recorded since, and how many more than once."""
    now = _checks()
    more = [now.get(key, 0) - count for key, count in before.items()]
    return sum(each < 1 for each in more), sum(each > 1 for each in more)


def _history() -> int:
    """How many packages have a history with a gap, a repetition, or another end than the answer."""
    from versions.models import Package, VersionChange

    chains: dict[int, list[Change]] = {}
    for row in VersionChange.objects.order_by("package_id", "sequence"):
        change = (row.sequence, row.from_version, row.to_version)
        chains.setdefault(row.package_id, []).append(change)
    latest = dict(Package.objects.exclude(latest_version="").values_list("pk", "latest_version"))
    return sum(not _is_whole(chains.get(pk, []), version) for pk, version in latest.items())


def _is_whole(chain: list[Change], latest: str) -> bool:
    numbers = [number for number, _, _ in chain]
    arrivals = ["", *(arrived for _, _, arrived in chain)]
    departures = [left for _, left, _ in chain]
    return (
        numbers == list(range(1, len(chain) + 1))
        and departures == arrivals[:-1]
        and all(left != arrived for _, left, arrived in chain)
        and arrivals[-1] == latest
    )


def _report(database: str, world: World, done: Counter[str], bad: int, wanted: int) -> bool:
    wrong = _persistently(lambda: passes.wrong_answers(world))
    killed = sum(done.values())
    said(
        f"chaos on {database}: {killed} of {wanted} kills ({passes.listed(done)}), {bad} sweeps "
        f"with something lost, twice or wrong; in the end {len(wrong)} wrong answers"
    )
    passes.show(wrong, world.truth())
    return killed == wanted and not bad and not wrong


def _persistently(ask: Callable[[], Result]) -> Result:
    """Ask again while the database is away: it is what is being killed."""
    from django.db import InterfaceError, OperationalError, connection

    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (InterfaceError, OperationalError):
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(_POLL)
