"""How long the graph of 27,000 generated feedstocks with 300,000 edges takes to build.

    python -m benchmarks.graph_build [--feedstocks N] [--edges N]

Works in a scratch database of its own: SQLite in a temporary directory, or BENCHMARK_DATABASE_URL.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PLATFORMS = "linux-64,linux-aarch64,osx-64,osx-arm64,win-64"
EVERYWHERE = f"run:{PLATFORMS}"
LABELS = [
    f"host:{PLATFORMS} run:{PLATFORMS}",
    EVERYWHERE,
    f"build:{PLATFORMS}",
    "host:linux-64",
    f"test:{PLATFORMS}",
]


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


def run(feedstocks: int, edges: int) -> None:
    from django.core.management import call_command

    from graph.build import build
    from graph.models import Reading

    call_command("migrate", verbosity=0)
    generate(feedstocks, edges)
    print(f"{'':32}{'seconds':>8}{'written':>9}")
    timed("first build", build)
    timed("nothing changed", build)
    leaf = Reading.objects.latest("feedstock_id")
    leaf.requirements = {"p0": EVERYWHERE, "p1": EVERYWHERE}
    leaf.save(update_fields=["requirements"])
    timed("one leaf changed", build)
    hub = Reading.objects.earliest("feedstock_id")
    hub.requirements = {"nobody": EVERYWHERE}
    hub.save(update_fields=["requirements"])
    timed("the greatest hub changed", build)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


def timed(what: str, build: Callable[[], object]) -> None:
    clock = time.perf_counter()
    built = build()
    seconds = time.perf_counter() - clock
    print(f"{what:32}{seconds:8.2f}{getattr(built, 'changed', 0):9}")


def generate(feedstocks: int, edges: int) -> None:
    """Feedstock `pN` needs earlier ones, the first of them by far the most often, as python is; a
    few need a later one, which closes cycles."""
    from django.utils import timezone

    from core.models import outcome_values
    from core.outcomes import OK
    from graph.models import Channel, Feedstock, Output, Reading

    draw = random.Random(1)
    channel = Channel.objects.create(
        name="bench", kind="dir", spec="dir:/bench", changed_at=timezone.now()
    )
    rows = [
        Feedstock(
            channel=channel,
            name=f"p{number}",
            key=f"bench/p{number}",
            recipe_name=f"p{number}",
            read_at=timezone.now(),
            **outcome_values(OK),
        )
        for number in range(feedstocks)
    ]
    Feedstock.objects.bulk_create(rows, batch_size=500)
    Output.objects.bulk_create(
        (Output(feedstock=row, name=row.name) for row in rows), batch_size=500
    )
    Reading.objects.bulk_create(
        (
            Reading(feedstock=row, requirements=needs(number, feedstocks, edges, draw))
            for number, row in enumerate(rows)
        ),
        batch_size=500,
    )


def needs(number: int, feedstocks: int, edges: int, draw: random.Random) -> dict[str, str]:
    wanted = round(edges / feedstocks)
    names = {f"p{int(number * draw.random() ** 4)}" for _ in range(wanted)} if number else set()
    if draw.random() < 0.001:
        names.add(f"p{draw.randrange(feedstocks)}")
    names |= {f"external{draw.randrange(500)}" for _ in range(wanted - len(names))}
    return {name: draw.choice(LABELS) for name in sorted(names)}


if __name__ == "__main__":
    main()
