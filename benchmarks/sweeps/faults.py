"""A world where much goes wrong, against the same one where nothing does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from benchmarks.sweeps import passes
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.passes import listed
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import clusters, said, site, world_config
from benchmarks.world import Faults, Limit, World

DOWN, LIMITED = "ftp0.world.example", "npm0.world.example"
LIMIT = Limit(rate=5.0, burst=10)
SHARES = Faults(server_error=0.05, reset=0.02, silence=0.02, down=(DOWN,))
AT_MOST = 2.0  # times what the sweep takes without faults
LATER_PASSES = 6
_POLL = 0.5

Truth = Mapping[str, Mapping[str, str]]


def run(options: Options) -> bool:
    faultless: passes.Pass = isolated(_faultless, options)
    seconds, right = isolated(_with_faults, options)
    ratio = seconds / faultless.seconds
    said(
        f"faults: {seconds:.1f} s against {faultless.seconds:.1f} s without: {ratio:.2f} times, "
        f"at most {AT_MOST:g} wanted"
    )
    return bool(right and faultless.complete and ratio <= AT_MOST)


def _faultless(options: Options) -> passes.Pass:
    with site(world_config(options), options.workers) as world, clusters() as leaders:
        return passes.run("faultless", world, leaders, options.seconds)


def _with_faults(options: Options) -> tuple[float, bool]:
    """How long the sweep took, and whether all ended as it should."""
    config = world_config(options, faults=SHARES, limits={LIMITED: LIMIT})
    with site(config, options.workers) as world, clusters():
        started = time.monotonic()
        complete = _sweep(started + options.seconds)
        took = time.monotonic() - started
        _report_sweep(world, took, complete=complete)
        within = _report_limited(world, took)
        for number in range(1, LATER_PASSES + 1):
            if not _unsettled(world.truth()):
                break
            _look_again(number, world, options.seconds)
        return took, _report_end(world) and complete and within


def _sweep(until: float) -> bool:
    """One sweep over all: it ends when nothing is left that may be asked now."""
    from versions.models import Sweep
    from versions.planning import dispatch

    passes.hasten_all()
    sweep = Sweep.objects.latest("pk")
    fed = time.monotonic()
    while Sweep.objects.open().filter(pk=sweep.pk).exists():
        if time.monotonic() > until:
            return False
        if time.monotonic() - fed > passes.FEED_SECONDS / 6 or not _in_hand_or_due():
            dispatch.feed()
            fed = time.monotonic()
        time.sleep(_POLL)
    return True


def _in_hand_or_due() -> bool:
    from django.utils import timezone

    from versions.planning import planner

    now = timezone.now()
    return bool(planner.remaining(now, now))


def _report_sweep(world: World, took: float, *, complete: bool) -> None:
    from versions.models import Package

    counts = world.counts()
    rows = Package.objects.watched()
    said(
        f"with faults: {rows.exclude(checked_at=None).count()} packages in {took:.1f} s, "
        f"{counts.requests} requests{'' if complete else '; TIME IS UP, not complete'}"
    )
    said(f"      answered: {listed(counts.statuses)} (0 is a broken connection)")
    waiting = rows.filter(checked_at=None)
    lanes = Counter(waiting.values_list("lane", flat=True))
    said(f"      outcomes: {listed(_outcomes())}; put off with their host: {listed(lanes) or 0}")
    said(f"      not right yet: {len(_unsettled(world.truth()))}")


def _report_limited(world: World, took: float) -> bool:
    """Whether the host that counts was asked no more than it bears."""
    asked = world.counts().by_host[LIMITED]
    bears = LIMIT.burst + LIMIT.rate * took
    refused = world.counts().by_kind["limited"]
    said(
        f"      {LIMITED}: {asked} requests in {took:.1f} s, {refused} of them refused; it bears "
        f"{LIMIT.rate:g}/s and {LIMIT.burst} at once, {bears:.0f} in that time"
    )
    return asked <= bears


def _look_again(number: int, world: World, seconds: float) -> None:
    """What the planner does after a quarter of an hour and more: look again at what failed."""
    from django.utils import timezone

    from core.models import HostState
    from versions.models import Package
    from versions.planning import dispatch, planner

    names = _unsettled(world.truth())
    began = timezone.now()
    HostState.objects.exclude(origin__contains=DOWN).update(blocked_until=None)
    among = Package.objects.watched().filter(name__in=names[:500])
    planner.hasten(among)
    dispatch.feed()
    passes.until_checked(began, time.monotonic() + min(seconds, 120), among=among)
    left = len(_unsettled(world.truth()))
    said(f"      look {number + 1} at {min(len(names), 500)}: {left} not right yet")


def _unsettled(truth: Truth) -> list[str]:
    """Names of those on hosts that answer without the right version or outcome."""
    from versions.models import Package

    rows = Package.objects.watched().values_list("name", "latest_version", "outcome_code")
    return [
        name
        for name, version, code in rows
        if truth[name]["host"] != DOWN
        and (version != truth[name]["version"] or (code == "ok") != bool(truth[name]["version"]))
    ]


def _report_end(world: World) -> bool:
    from versions.models import Package

    truth = world.truth()
    wrong = _unsettled(truth)
    down = [name for name in truth if truth[name]["host"] == DOWN]
    told = Counter(Package.objects.filter(name__in=down).values_list("outcome_code", flat=True))
    said(
        f"      in the end: {len(truth) - len(down) - len(wrong)} right, {len(wrong)} wrong on "
        f"hosts that answer; {len(down)} on {DOWN}, which is down: {listed(told)}"
    )
    for name in wrong[: passes.SHOWN]:
        row = Package.objects.get(name=name)
        said(f"        {name}: {row.latest_version!r} ({row.outcome_code}), not {truth[name]}")
    return not wrong and "ok" not in told and "internal" not in _outcomes()


def _outcomes() -> Counter[str]:
    from versions.models import Package

    return Counter(Package.objects.watched().values_list("outcome_code", flat=True))
