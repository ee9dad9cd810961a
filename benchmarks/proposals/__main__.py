"""python -m benchmarks.proposals [--feedstocks 500] [--kills 10]"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.proposals import site, verdict
from benchmarks.proposals.forge import Forge, Saw
from benchmarks.proposals.options import Options
from benchmarks.sweeps.passes import listed
from benchmarks.sweeps.processes import end_in_order
from benchmarks.sweeps.services import free_port
from benchmarks.sweeps.site import said
from benchmarks.sweeps.victims import kill_worker

_GLANCE = 0.005  # seconds; an act takes a tenth of one
_POLL = 0.5
_LAST_KILL = 0.9  # of all that is to be opened


def main() -> int:
    end_in_order()
    options, port = Options.read(), free_port()
    with tempfile.TemporaryDirectory(prefix="botsite-proposals-") as scratch:
        directory = Path(scratch)
        wanted = (options.feedstocks, options.seed, options.merge_after, port)
        with Forge(*wanted) as forge:
            site.prepare(directory, forge.url, port, options)
            try:
                return 0 if _measure(forge, directory, options) else 1
            finally:
                from django.db import connections

                connections.close_all()


def _measure(forge: Forge, directory: Path, options: Options) -> bool:
    with site.running("net", directory=directory):
        took = site.make_proposals(options.feedstocks)
    said(f"made {options.feedstocks} proposals in {took:.1f} s, nothing is opened yet")
    before = forge.saw()
    with site.web(), site.running(*site.QUEUES, directory=directory) as leaders:
        started = time.monotonic()
        killed = _watch(forge, leaders[0], options)
        took = time.monotonic() - started
    return _report(before, forge.saw(), killed, took, options)


def _watch(forge: Forge, leader: int, options: Options) -> int:
    """Kill workers of a cluster until all is over; returns how many were."""
    draw = random.Random(options.seed)
    most = max(options.kills, int(_LAST_KILL * options.feedstocks))
    moments = sorted(draw.sample(range(most), options.kills))
    said(f"seed {options.seed}: kills when so many were opened: {', '.join(map(str, moments))}")
    until, ticked, killed = time.monotonic() + options.seconds, 0.0, 0
    while not _is_over() and time.monotonic() < until:
        if time.monotonic() - ticked > options.tick:
            site.pass_time()
            ticked = time.monotonic()
        opened = len(forge.saw().opened)
        if killed < len(moments) and opened >= moments[killed] and _see_work(options.tick):
            said(f"  after {opened} were opened: {kill_worker([leader], draw, 'pulls')} killed")
            killed += 1
        time.sleep(_POLL)
    return killed


def _see_work(seconds: float) -> bool:
    """Wait for the moment in which somebody has begun with a proposal; False if nobody does."""
    from pulls.models import PullRequest

    until = time.monotonic() + seconds
    while not PullRequest.objects.exclude(lease_token="").exists():
        if time.monotonic() > until:
            return False
        time.sleep(_GLANCE)
    return True


def _is_over() -> bool:
    """All have ended, and nothing is left to do on the forge."""
    from pulls.models import PullRequest

    return not PullRequest.objects.filter(act_at__isnull=False).exists()


def _report(before: Saw, saw: Saw, killed: int, took: float, options: Options) -> bool:
    from django.db import connection

    requests = Counter(saw.requests)
    requests.subtract(before.requests)
    opened = sorted(at for times in saw.opened.values() for at in times)
    span = opened[-1] - opened[0] if len(opened) > 1 else 0.0
    minute, hour = (verdict.busiest(saw.changing, seconds) for seconds in (60, 3600))
    said(
        f"on {connection.vendor}: {len(opened)} pull requests opened in {span:.1f} s "
        f"({60 * len(opened) / max(span, 1):.0f} a minute); all over after {took:.1f} s"
    )
    said(
        f"      {requests.total() / max(len(opened), 1):.1f} requests for each from its opening to "
        f"the end of its branch, {len(saw.changing) / max(len(opened), 1):.1f} of them change "
        "something"
    )
    said(f"      requests: {listed(+requests)}")
    said(
        f"      changing requests, by the forge's clock: {minute} in the busiest minute, of "
        f"{options.per_minute}; {hour} in the busiest hour, of {options.per_hour}"
    )
    said(f"      {killed} of {options.kills} kills; {saw.branches} branches left")
    found = verdict.promises(saw, options.feedstocks, options.per_minute, options.per_hour)
    for each in found:
        said(f"      {each}")
    return killed == options.kills and all(each.kept for each in found)


if __name__ == "__main__":
    sys.exit(main())
