"""How long pages take with 27,000 packages: server time inside Django, and queries.

    python -m benchmarks.pages [--feedstocks 27000] [--edges 300000] [--requests 200] [PAGE ...]

Everything is made in a database of its own, in a temporary directory that is removed afterwards;
DATABASE_URL may name another one.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from urllib.parse import urlencode

from benchmarks.large_site import SOURCES, WORDS, fill, scratch

LIMIT_MS, LIMIT_QUERIES = 100, 12

Address = Callable[[random.Random], str]


def addresses() -> dict[str, Address]:
    """Per kind of page, something that makes up the address of one."""
    from graph.models import Feedstock, Status
    from graph.showing.filters import ORDERS
    from pulls.models import PullRequest, State
    from versions.models import Package, Sweep

    keys = list(Feedstock.objects.order_by("pk").values_list("key", flat=True))
    sweeps = list(Sweep.objects.recent().values_list("pk", flat=True)[1:2000])
    pulls = list(PullRequest.objects.values_list("pk", flat=True))
    lanes = list(Package.objects.order_by().values_list("lane", flat=True).distinct())
    running = Sweep.objects.open().get().pk

    def listing(pick: random.Random) -> str:
        query = {"sort": pick.choice(list(ORDERS)), "page": pick.randrange(1, 20)}
        offered = {
            "q": pick.choice(WORDS),
            "status": pick.choice(Status.values),
            "source": pick.choice(SOURCES),
            "outcome": "http.timeout",
            "channel": "big",
            "maintainer": f"person-{pick.randrange(2000)}",
            "depends_on": pick.choice(keys[:50]),
            "host": pick.choice(lanes),
            "language": pick.choice(["python", "r", "other"]),
        }
        for name in pick.sample(list(offered), pick.randrange(4)):
            query[name] = offered[name]
        return f"/packages/?{urlencode(query)}"

    def proposals(pick: random.Random) -> str:
        query = {"page": f"{pick.randrange(1, 9)}"}
        offered = {
            "q": pick.choice(WORDS),
            "state": pick.choice(State.values),
            "maintainer": f"person-{pick.randrange(2000)}",
        }
        for name in pick.sample(list(offered), pick.randrange(3)):
            query[name] = offered[name]
        return f"/proposals/?{urlencode(query)}"

    return {
        "overview": lambda pick: "/",
        "packages": listing,
        "package": lambda pick: f"/packages/{pick.choice(keys)}/",
        "a hub's package": lambda pick: f"/packages/{pick.choice(keys[:20])}/",
        "maintainer": lambda pick: f"/maintainers/person-{pick.randrange(2000)}/",
        "maintainers": lambda pick: f"/maintainers/?page={pick.randrange(1, 30)}",
        "releases": lambda pick: f"/releases/?before={pick.randrange(1, 9000)}",
        "releases of one": lambda pick: f"/releases/?maintainer=person-{pick.randrange(2000)}",
        "outcomes": lambda pick: "/outcomes/",
        "outcome": lambda pick: f"/outcomes/http.timeout/?page={pick.randrange(1, 9)}",
        "about": lambda pick: "/about/",
        "versions": lambda pick: f"/versions/?page={pick.randrange(1, 500)}&q={pick.choice(WORDS)}",
        "sweeps": lambda pick: f"/versions/sweeps/?page={pick.randrange(1, 400)}",
        "sweep": lambda pick: f"/versions/sweeps/{pick.choice(sweeps)}/",
        "running sweep": lambda pick: f"/versions/sweeps/{running}/",
        "queue": lambda pick: f"/versions/queue/{pick.choice(['', '?lane=index'])}",
        "place in queue": lambda pick: f"/versions/queue/?q={pick.choice(keys)}",
        "dead letters": lambda pick: f"/versions/dead-letters/?page={pick.randrange(1, 7)}",
        "proposals": proposals,
        "proposal": lambda pick: f"/proposals/{pick.choice(pulls)}/",
        "proposals of one": lambda pick: f"/proposals/of/{pick.choice(keys)}/",
        "budget": lambda pick: "/proposals/budget/",
        "dead proposals": lambda pick: "/proposals/dead-letters/",
        "refused proposals": lambda pick: "/proposals/refused/",
        "comparison": lambda pick: "/comparison/",
        "map": lambda pick: "/graph/map/",
        "cycles": lambda pick: "/graph/cycles/",
        "builds": lambda pick: "/graph/builds/",
        "picture": lambda pick: f"/graph/picture/{pick.choice(keys)}/",
        "a hub's picture": lambda pick: f"/graph/picture/{pick.choice(keys[:20])}/",
        "affected": lambda pick: f"/graph/affected/{pick.choice(keys)}/",
        "affected by a hub": lambda pick: f"/graph/affected/{pick.choice(keys[:20])}/",
        "recipe": lambda pick: f"/recipes/{pick.choice(keys)}/",
        "recipe problems": lambda pick: "/recipes/problems/",
        "keys": lambda pick: "/keys/",
        "jobs": lambda pick: f"/jobs/?page={pick.randrange(1, 50)}",
        "hosts": lambda pick: "/hosts/",
        "health": lambda pick: "/healthz",
    }


def measure(address: Address, requests: int) -> tuple[list[float], list[float], int]:
    """Milliseconds of each request by the clock and of processor time, sorted, and the most queries
    that one made. The clock also counts what other programs on this machine take."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    pick = random.Random(11)
    client = Client()
    client.get(address(pick))
    times: list[float] = []
    busy: list[float] = []
    queries = 0
    for _ in range(requests):
        url = address(pick)
        started, busy_before = time.perf_counter(), time.process_time()
        response = client.get(url)
        times.append(1000 * (time.perf_counter() - started))
        busy.append(1000 * (time.process_time() - busy_before))
        if response.status_code != 200:
            sys.exit(f"{url} answered {response.status_code}")
    for _ in range(20):
        with CaptureQueriesContext(connection) as captured:
            client.get(address(pick))
        queries = max(queries, len(captured))
    return sorted(times), sorted(busy), queries


def run(description: str | None, addresses: Callable[[], dict[str, Address]]) -> None:
    """Fill a database, and print a line for each kind of page; a bad exit code where one is beyond
    the limits."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--feedstocks", type=int, default=27_000)
    parser.add_argument("--edges", type=int, default=300_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("pages", nargs="*", help="only these, by their names in the table")
    options = parser.parse_args()
    with scratch():
        started = time.perf_counter()
        fill(options.feedstocks, options.edges)
        import botsite.wsgi  # noqa: F401 - what a web process does at its start

        print(f"filled in {time.perf_counter() - started:.0f} s")
        headings = ["p50 ms", "p95 ms", "max ms", "p95 cpu", "queries"]
        print(f"{'page':<16}", *[f"{heading:>8}" for heading in headings])
        late = []
        for name, address in addresses().items():
            if options.pages and name not in options.pages:
                continue
            times, busy, queries = measure(address, options.requests)
            nearly_all = int(0.95 * len(times))
            p95 = times[nearly_all]
            figures = [statistics.median(times), p95, times[-1], busy[nearly_all]]
            print(f"{name:<16}", *[f"{figure:>8.1f}" for figure in figures], f"{queries:>8}")
            if p95 > LIMIT_MS or queries > LIMIT_QUERIES:
                late.append(name)
    sys.exit(f"beyond {LIMIT_MS} ms or {LIMIT_QUERIES} queries: {', '.join(late)}" if late else 0)


if __name__ == "__main__":
    run(__doc__, addresses)
