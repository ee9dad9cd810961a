"""How long the graph of 27,000 generated feedstocks with 300,000 edges takes: to build all of it,
to build what a few changed recipes change, and to read back 27,000 answers.

    python -m benchmarks.graph_build [--feedstocks N] [--edges N]

Works in a scratch database of its own: SQLite in a temporary directory, or BENCHMARK_DATABASE_URL,
which must be empty. CPU is that of this process, which on a busy machine says more than the time
that passed; what PostgreSQL itself does is not in it. Where BOTSITE_CORPUS names a directory of
recipes, those are read too.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import recipes

PLATFORMS = "linux-64,linux-aarch64,osx-64,osx-arm64,win-64"
EVERYWHERE = f"run:{PLATFORMS}"
LABELS = [
    f"host:{PLATFORMS} run:{PLATFORMS}",
    EVERYWHERE,
    f"build:{PLATFORMS}",
    "host:linux-64",
    f"test:{PLATFORMS}",
]
SLICE = 500
# How much more often the first feedstocks are needed than others: so that of 27,000 feedstocks
# 10,000 directly depend on the first.
SLOPE = 3.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feedstocks", type=int, default=27_000)
    parser.add_argument("--edges", type=int, default=300_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["BOTSITE_VAR_DIR"] = scratch
        os.environ["DATABASE_URL"] = os.environ.get(
            "BENCHMARK_DATABASE_URL", f"sqlite:///{Path(scratch) / 'benchmark.sqlite3'}"
        )
        os.environ["DJANGO_SETTINGS_MODULE"] = "botsite.settings"
        import django

        django.setup()
        run(options.feedstocks, options.edges)
    if corpus := os.environ.get("BOTSITE_CORPUS"):
        recipes.run(Path(corpus), recipes.PROCESSES)


def run(feedstocks: int, edges: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    generate(feedstocks, edges)
    load = "machine's load {:.1f} {:.1f} {:.1f}".format(*os.getloadavg())
    print(f"{connection.vendor + ', ' + load:42}{'seconds':>8}{'CPU':>8}{'written':>9}")
    builds()
    answers()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


def builds() -> None:
    from graph.build import build
    from graph.models import Feedstock

    timed("first build", lambda: build().changed)
    timed("all built again, nothing changed", lambda: build().changed)
    leaf = Feedstock.objects.filter(dependents_count=0).latest("pk")
    hub = Feedstock.objects.latest("direct_dependents_count")
    print(f"a hub has {hub.direct_dependents_count} direct dependents")
    needs = {"p1": EVERYWHERE, "p2": EVERYWHERE}
    for what, row, columns in (
        ("a leaf needs others", leaf, {"requirements": needs}),
        ("a hub needs others", hub, {"requirements": needs}),
        ("a hub exports another", hub, {"run_exports": {hub.name: {"weak": [hub.name, "p5"]}}}),
        ("a hub exports none", hub, {"run_exports": {}}),
        ("a hub is as it was", hub, {}),
    ):
        edit(row.pk, **columns)
        timed(what, partial(build_changed, row.pk))
    timed("all built again, nothing changed", lambda: build().changed)


def build_changed(feedstock: int) -> int:
    from graph.build import build

    return build(changed=[feedstock]).changed


def edit(feedstock: int, **columns: dict[str, Any]) -> None:
    from graph.models import Reading

    if columns:
        Reading.objects.filter(pk=feedstock).update(**columns)


def answers() -> None:
    from django.utils import timezone

    from graph.readback import read_back
    from versions.models import Package

    timed("27,000 feedstocks judged for the first time", read_back)
    Package.objects.update(answered_at=timezone.now(), checked_at=timezone.now())
    timed("27,000 answers as before", read_back)
    Package.objects.update(answered_at=timezone.now(), latest_version="3.0")
    timed("27,000 new answers", read_back)


def timed(what: str, work: Callable[[], int]) -> None:
    clock, busy = time.perf_counter(), time.process_time()
    written = work()
    busy = time.process_time() - busy
    print(f"{what:42}{time.perf_counter() - clock:8.2f}{busy:8.2f}{written:9}", flush=True)


def generate(feedstocks: int, edges: int) -> None:
    """Feedstock `pN` needs earlier ones, the first of them by far the most often, as python is; a
    few need a later one, which closes cycles. Every tenth exports its package to those who use
    it."""
    from django.utils import timezone

    from core.models import outcome_values
    from core.outcomes import OK
    from graph.models import Channel, Feedstock, Output, Reading
    from versions.models import Package

    draw = random.Random(1)
    now = timezone.now()
    channel = Channel.objects.create(name="bench", kind="dir", spec="dir:/bench", changed_at=now)
    rows = [
        Feedstock(
            channel=channel,
            name=f"p{number}",
            key=f"bench/p{number}",
            recipe_name=f"p{number}",
            version="1.0",
            read_at=now,
            **outcome_values(OK),
        )
        for number in range(feedstocks)
    ]
    Feedstock.objects.bulk_create(rows, batch_size=SLICE)
    Output.objects.bulk_create(
        (Output(feedstock=row, name=row.name) for row in rows), batch_size=SLICE
    )
    Reading.objects.bulk_create(
        (
            Reading(
                feedstock=row,
                requirements=needs(number, feedstocks, edges, draw),
                run_exports={} if number % 10 else {row.name: {"weak": [row.name]}},
            )
            for number, row in enumerate(rows)
        ),
        batch_size=SLICE,
    )
    Package.objects.bulk_create(
        (
            Package(
                key=row.key,
                name=row.name,
                owner=channel.owner,
                lane="bench",
                current_version="1.0",
                latest_version="2.0",
                latest_source="bench",
                checked_at=now,
                answered_at=now,
                outcome_code="ok",
            )
            for row in rows
        ),
        batch_size=SLICE,
    )


def needs(number: int, feedstocks: int, edges: int, draw: random.Random) -> dict[str, str]:
    wanted = round(edges / feedstocks)
    names = {f"p{int(number * draw.random() ** SLOPE)}" for _ in range(wanted)} if number else set()
    if draw.random() < 0.001:
        names.add(f"p{draw.randrange(feedstocks)}")
    while len(names) < wanted:
        names.add(f"external{draw.randrange(500)}")
    return {name: draw.choice(LABELS) for name in sorted(names)}


if __name__ == "__main__":
    main()
