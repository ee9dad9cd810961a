"""How long pages take with 27,000 packages: server time inside Django, and queries.

    python benchmarks/pages.py [--feedstocks 27000] [--edges 300000] [--requests 200]

Everything is made in a database of its own, in a temporary directory that is removed afterwards.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS, LIMIT_QUERIES = 100, 12
SLICE = 500
WORDS = ["py", "lib", "r", "perl", "data", "json", "fast", "geo", "num", "web", "test", "core"]
SOURCES = ["pypi", "github", "cran", "npm", "gitlab"]


@contextmanager
def scratch() -> Iterator[None]:
    """Django, set up on an empty SQLite file; DATABASE_URL may name another database instead."""
    with tempfile.TemporaryDirectory(prefix="botsite-pages-") as directory:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{directory}/pages.sqlite3")
        os.environ |= {"BOTSITE_VAR_DIR": directory, "DJANGO_SETTINGS_MODULE": "botsite.settings"}
        os.environ["BOTSITE_ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield


def fill(feedstocks: int, edges: int) -> None:
    """A year in the life of a large channel."""
    pick = random.Random(7)
    _feedstocks(pick, feedstocks)
    _packages(pick, feedstocks)
    _edges(pick, edges)
    _work(pick)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _feedstocks(pick: random.Random, number: int) -> None:
    from django.utils import timezone

    from graph.models import Channel, Feedstock, Maintainer, Output, Status

    channel = Channel.objects.create(name="big", kind="dir", spec="dir:/big")
    now = timezone.now()
    rows = []
    for index in range(number):
        name = f"{pick.choice(WORDS)}-{pick.choice(WORDS)}-{index}"
        status = pick.choices(list(Status), weights=[70, 20, 5, 5])[0]
        rows.append(
            Feedstock(
                channel=channel,
                name=name,
                key=f"big/{name}",
                version="1.0",
                status=status,
                outdated=status == Status.OUTDATED,
                new_version="1.1",
                new_version_source=pick.choice(SOURCES),
                outcome_code="recipe.undefined_variable" if pick.random() < 0.02 else "ok",
                version_outcome_code="http.timeout" if pick.random() < 0.05 else "ok",
                outcome={"code": "ok", "message": "Done."},
                read_at=now,
                released_at=now - timedelta(hours=pick.randrange(20_000)),
                version_checked_at=now - timedelta(minutes=pick.randrange(1500)),
                dependents_count=int(number / (index + 1)),
                direct_dependents_count=int(number / (index + 1) / 3),
            )
        )
    Feedstock.objects.bulk_create(rows, batch_size=SLICE)
    rows = list(Feedstock.objects.only("pk", "name"))
    Maintainer.objects.bulk_create(
        [
            Maintainer(feedstock=row, handle=f"person-{person}")
            for row in rows
            for person in pick.sample(range(2000), 2)
        ],
        batch_size=SLICE,
    )
    Output.objects.bulk_create(
        [Output(feedstock=row, name=row.name) for row in rows], batch_size=SLICE
    )


def _packages(pick: random.Random, number: int) -> None:
    from django.utils import timezone

    from graph.models import Feedstock
    from versions.models import Candidate, Package, VersionChange

    now = timezone.now()
    Package.objects.bulk_create(
        [
            Package(
                key=row.key,
                name=row.name,
                owner="channel:big",
                lane=pick.choice(SOURCES),
                current_version="1.0",
                urls=[{"rendered": f"https://example.org/{row.name}.tar.gz", "template": ""}],
                latest_version="1.1",
                latest_source="pypi",
                checked_at=now,
                outcome_code="ok",
                outcome={"code": "ok", "message": "Done."},
                next_check_at=now + timedelta(hours=6),
            )
            for row in Feedstock.objects.only("key", "name")
        ],
        batch_size=SLICE,
    )
    packages = list(Package.objects.only("pk"))
    Candidate.objects.bulk_create(
        [
            Candidate(
                package=package,
                version=f"1.{position}",
                tag=f"v1.{position}",
                source="pypi",
                position=position,
                verdict="accepted",
                rule="older",
                sentence="Older than the winner.",
            )
            for package in pick.sample(packages, len(packages) // 3)
            for position in range(10)
        ],
        batch_size=SLICE,
    )
    VersionChange.objects.bulk_create(
        [
            VersionChange(
                package=package,
                sequence=sequence,
                to_version=f"1.{sequence}",
                source="pypi",
                seen_at=now - timedelta(minutes=pick.randrange(525_600)),
            )
            for package in packages
            for sequence in range(6)
        ],
        batch_size=SLICE,
    )


def _edges(pick: random.Random, number: int) -> None:
    """Most feedstocks need the few hubs; the rest of the edges goes anywhere."""
    from graph.models import Dependency, Feedstock, GraphBuild

    keys = list(Feedstock.objects.order_by("pk").values_list("pk", flat=True))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < number:
        hub = int(len(keys) * pick.random() ** 4)
        pairs.add((pick.choice(keys), keys[hub]))
    rows = [
        Dependency(feedstock_id=one, target_id=other, name=f"p{other}", labels="run:linux-64")
        for one, other in pairs
    ]
    Dependency.objects.bulk_create(rows, batch_size=SLICE)
    GraphBuild.objects.create(feedstocks=len(keys), edges=number, layers=23)


def _work(pick: random.Random) -> None:
    """Sixty sweeps a day for a year are kept as they are; of jobs, the last 20,000."""
    from django.utils import timezone

    from core.models import Heartbeat, Job
    from versions.models import Sweep

    now = timezone.now()
    Heartbeat.objects.create(name="core.recover", started_at=now)
    Sweep.objects.bulk_create(
        [
            Sweep(
                started_at=now - timedelta(minutes=24 * number),
                finished_at=now - timedelta(minutes=24 * number - 3),
                due=4500,
                checked=4500,
            )
            for number in range(1, 21_900)
        ],
        batch_size=SLICE,
    )
    Job.objects.bulk_create(
        [
            Job(
                kind="versions.check",
                target=f"chunk {number}",
                queue="net",
                state=pick.choice(["done", "failed"]),
                requested_at=now - timedelta(minutes=number),
                started_at=now - timedelta(minutes=number),
                finished_at=now - timedelta(minutes=number - 1),
            )
            for number in range(1, 20_001)
        ],
        batch_size=SLICE,
    )


Address = Callable[[random.Random], str]


def addresses() -> dict[str, Address]:
    """Per kind of page, something that makes up the address of one."""
    from graph.filters import ORDERS
    from graph.models import Feedstock, Status

    keys = list(Feedstock.objects.order_by("pk").values_list("key", flat=True))

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
        }
        for name in pick.sample(list(offered), pick.randrange(4)):
            query[name] = offered[name]
        return f"/packages/?{urlencode(query)}"

    return {
        "overview": lambda pick: "/",
        "packages": listing,
        "package": lambda pick: f"/packages/{pick.choice(keys)}/",
        "a hub's package": lambda pick: f"/packages/{pick.choice(keys[:20])}/",
        "versions": lambda pick: f"/versions/?page={pick.randrange(1, 500)}&q={pick.choice(WORDS)}",
        "jobs": lambda pick: f"/jobs/?page={pick.randrange(1, 50)}",
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feedstocks", type=int, default=27_000)
    parser.add_argument("--edges", type=int, default=300_000)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with scratch():
        started = time.perf_counter()
        fill(options.feedstocks, options.edges)
        print(f"filled in {time.perf_counter() - started:.0f} s")
        headings = ["p50 ms", "p95 ms", "max ms", "p95 cpu", "queries"]
        print(f"{'page':<16}", *[f"{heading:>8}" for heading in headings])
        late = []
        for name, address in addresses().items():
            times, busy, queries = measure(address, options.requests)
            nearly_all = int(0.95 * len(times))
            p95 = times[nearly_all]
            figures = [statistics.median(times), p95, times[-1], busy[nearly_all]]
            print(f"{name:<16}", *[f"{figure:>8.1f}" for figure in figures], f"{queries:>8}")
            if p95 > LIMIT_MS or queries > LIMIT_QUERIES:
                late.append(name)
    sys.exit(f"beyond {LIMIT_MS} ms or {LIMIT_QUERIES} queries: {', '.join(late)}" if late else 0)


if __name__ == "__main__":
    main()
