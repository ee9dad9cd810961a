"""What a year leaves in the database of a large site, with and without forgetting.

    python -m benchmarks.retention [--share 10]

A tenth of a year at 27,000 packages is made as if nothing had ever been forgotten: all that grows
is spread over the year, but only each tenth row. Then `prune` runs. Rows and megabytes are
multiplied by ten again; a table's megabytes include its indexes. SQLite, in a temporary directory;
DATABASE_URL may name a PostgreSQL database instead.
"""

from __future__ import annotations

import argparse
import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from benchmarks.large_site import scratch
from benchmarks.large_site.feedstocks import make_feedstocks
from benchmarks.large_site.history import make_measurements, make_sweeps
from benchmarks.large_site.packages import make_packages
from benchmarks.large_site.proportions import DAYS, SLICE

PACKAGES = 27_000
# In a day, at that size.
JOBS, VERSIONS, FORGE_DELIVERIES, SESSIONS, FAILURES = 1500, 450, 4400, 50, 20
STATES = {"merged": 60, "superseded": 25, "closed": 10, "withdrawn": 5}
DONE = {"code": "ok", "message": "Done.", "next": "", "file": "", "line": 0, "field": ""}

Rows = Iterator[Any]


def moments(pick: random.Random, a_day: int, share: int) -> Iterator[datetime]:
    """Evenly over the year, the oldest first."""
    from django.utils import timezone

    now, count = timezone.now(), a_day * DAYS // share
    return (now - timedelta(days=DAYS) * (1 - number / count) for number in range(count))


def jobs(pick: random.Random, share: int) -> Rows:
    from core.models import Job

    for number, at in enumerate(moments(pick, JOBS, share)):
        yield Job(
            kind=pick.choice(["versions.check", "graph.update", "pulls.propose", "pulls.tend"]),
            target=f"sweep {number // 4}, shift {number % 4}",
            queue="net",
            state="done",
            payload={"sweep": number // 4},
            result={"changed": 3, "failed": 5, "ok": 250},
            outcome=DONE,
            attempts=1,
            worker="host:1234",
            requested_at=at,
            started_at=at,
            finished_at=at,
        )


def pulls(pick: random.Random, share: int) -> Rows:
    from graph.models import Feedstock
    from pulls.models import PullRequest

    feedstocks = list(Feedstock.objects.values_list("pk", flat=True))
    for number, at in enumerate(moments(pick, VERSIONS, share)):
        state = pick.choices(list(STATES), list(STATES.values()))[0]
        yield PullRequest(
            feedstock_id=feedstocks[number % len(feedstocks)],
            version=f"1.{number}",
            old_version=f"1.{number - 1}",
            state=state,
            on_forge="merged" if state == "merged" else "closed",
            branch=f"package-1.{number}-abcdef",
            title=f"package v1.{number}",
            body="word " * 400,
            diff="line\n" * 400,
            recipe="text\n" * 600,
            edits=[{"line": n, "before": "a" * 60, "after": "b" * 60, "why": "c"} for n in (1, 2)],
            base_hash="0" * 64,
            number=number + 1,
            url=f"https://github.com/conda-forge/package-feedstock/pull/{number}",
            outcome=DONE,
            outcome_code="ok",
            proposed_at=at,
            made_at=at,
        )


def attempts(pick: random.Random, share: int) -> Rows:
    from pulls.models import Attempt, PullRequest

    for pk, version, at in PullRequest.objects.values_list("feedstock", "version", "made_at"):
        yield Attempt(
            feedstock_id=pk,
            version=version,
            base_hash="0" * 64,
            number=1,
            started_at=at,
            finished_at=at,
            outcome=DONE,
            outcome_code="ok",
        )


def deliveries(pick: random.Random, share: int) -> Rows:
    """To one webhook that is told of each new version."""
    from core.models import Delivery, Webhook

    hook = Webhook.objects.create(name="chat", url="https://example.org/", salt="s")
    for number, at in enumerate(moments(pick, VERSIONS, share)):
        yield Delivery(
            webhook=hook,
            number=uuid.UUID(int=number),
            event="version.found",
            subject=f"big/package-{number}",
            body="x" * 900,
            state="delivered",
            attempts=1,
            outcome=DONE,
            created_at=at,
            ended_at=at,
        )


def heard(pick: random.Random, share: int) -> Rows:
    from pulls.models import Delivery

    for at in moments(pick, FORGE_DELIVERIES, share):
        yield Delivery(
            delivery_id=str(uuid.UUID(int=pick.getrandbits(128))),
            event="pull_request",
            action="synchronize",
            repository="conda-forge/package-feedstock",
            number=7,
            received_at=at,
        )


def sessions(pick: random.Random, share: int) -> Rows:
    from django.contrib.sessions.models import Session

    for at in moments(pick, SESSIONS, share):
        key = f"{pick.getrandbits(128):032x}"
        yield Session(session_key=key, session_data="x" * 300, expire_date=at + timedelta(days=14))


def failures(pick: random.Random, share: int) -> Rows:
    from django_q.models import Task

    for at in moments(pick, FAILURES, share):
        yield Task(
            id=f"{pick.getrandbits(120):030x}",
            name="task",
            func="core.jobs.run.run",
            result="Traceback " * 200,
            started=at,
            stopped=at,
            success=False,
        )


MAKERS: tuple[Callable[[random.Random, int], Rows], ...] = (
    *(jobs, pulls, attempts, deliveries, heard, sessions, failures),
)


def make(share: int) -> None:
    from django.db.models import F

    from versions.models import Sweep

    pick = random.Random(7)
    make_feedstocks(pick, PACKAGES // share)
    make_packages(pick, PACKAGES // share)
    make_sweeps(pick, PACKAGES)
    make_measurements(pick, PACKAGES)
    extra = Sweep.objects.annotate(place=F("pk") % share).exclude(place=0)
    extra.exclude(finished_at=None).delete()
    full = Sweep.objects.exclude(lanes={}).first()
    if full:
        Sweep.objects.filter(lanes={}).update(lanes=full.lanes, hosts=full.hosts)
    for maker in MAKERS:
        rows = maker(pick, share)
        while part := list(islice(rows, SLICE)):
            type(part[0]).objects.bulk_create(part)


def sizes() -> dict[str, tuple[int, float]]:
    """Of each table with something in it: rows, and megabytes with indexes."""
    from django.apps import apps

    found = {}
    for model in apps.get_models():
        if not model._meta.proxy and (rows := model._default_manager.count()):
            found[model._meta.label] = rows, _megabytes(model._meta.db_table)
    return found


def _megabytes(table: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
        else:
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN "
                "(SELECT name FROM sqlite_master WHERE tbl_name = %s)",
                [table],
            )
        return float(cursor.fetchone()[0] or 0) / 1e6


def report(stages: list[dict[str, tuple[int, float]]], share: int) -> None:
    """Before, after, and after the file was written anew."""
    before, after, vacuumed = stages
    print(f"\n{'table':<24}{'rows':>11}{'MB':>7}{'rows kept':>12}{'MB':>7}{'vacuumed':>10}")
    for label, (rows, size) in sorted(before.items(), key=lambda each: -each[1][1]):
        if share * size >= 1:
            times = 1 if label == "core.Measurement" else share
            left, kept = after.get(label, (0, 0.0))
            _, least = vacuumed.get(label, (0, 0.0))
            line = f"{rows * times:>11,}{size * times:>7.0f}{left * times:>12,}"
            print(f"{label:<24}{line}{kept * times:>7.0f}{least * times:>10.0f}")
    totals = [share * sum(size for _, size in each.values()) for each in stages]
    print(f"{'in all':<24}{'':>11}{totals[0]:>7.0f}{'':>12}{totals[1]:>7.0f}{totals[2]:>10.0f}")


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=int, default=10, metavar="N", help="each Nth row only")
    share = parser.parse_args().share
    with scratch():
        from core import forgetting

        make(share)
        before = sizes()
        started = time.perf_counter()
        print(f"{'rule':<26}{'rows':>11}")
        for each in forgetting.prune():
            print(f"{each.rule.name:<26}{each.rows * share:>11,}")
        seconds = time.perf_counter() - started
        rows = sum(each.rows for each in forgetting.preview())
        print(f"{seconds:.1f} s for each {share}th row of a year at once; {rows} rows left to do")
        a_day = seconds * share / (DAYS - 30)
        print(f"about {a_day:.1f} s a day, when it runs each day")
        after = sizes()
        vacuum()
        report([before, after, sizes()], share)


if __name__ == "__main__":
    main()
