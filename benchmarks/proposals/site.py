"""A Botsite in a scratch folder, whose channel is on the forge: rows, processes, and time."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.proposals import population
from benchmarks.proposals.forge import HOOK_SECRET, READ_TOKEN, WRITE_TOKEN
from benchmarks.proposals.options import Options
from benchmarks.sweeps.processes import ROOT, stop
from benchmarks.sweeps.site import start_cluster

QUEUES = ("pulls", "net", "default")
LOG = "killed.log"  # what those complain of that others were killed under
_SLICE = 500
_PATIENCE = 600.0  # seconds for the making of proposals
_HELD = ("pulls.waits_for_dependency", "pulls.slow_start", "pulls.too_many_open")


def prepare(directory: Path, forge_url: str, port: int, options: Options) -> None:
    """Settings, migrations, and rows of outdated feedstocks in a graph."""
    database = f"sqlite:///{directory / 'proposals.sqlite3'}"
    os.environ |= {
        "BOTSITE_VAR_DIR": str(directory),
        "BOTSITE_LOG_LEVEL": "ERROR",
        "BOTSITE_SECRET_KEY": secrets.token_urlsafe(48),
        "BOTSITE_BIND": f"127.0.0.1:{port}",
        "BOTSITE_WEB_PROCESSES": "1",
        "BOTSITE_GITHUB_API": f"{forge_url}/api/v3",
        "BOTSITE_GITHUB_TOKEN": READ_TOKEN,
        "BOTSITE_GITHUB_WRITE_TOKEN": WRITE_TOKEN,
        "BOTSITE_GITHUB_WEBHOOK_SECRET": HOOK_SECRET,
        "BOTSITE_MIRRORS": json.dumps({"*": f"{forge_url}/hosts/{{host}}"}),
        "BOTSITE_HOST_LIMITS": json.dumps({forge_url: {"in_flight": 32, "rate": 1000}}),
        "BOTSITE_PULLS": "open",
        "BOTSITE_PULLS_PER_MINUTE": str(options.per_minute),
        "BOTSITE_PULLS_PER_HOUR": str(options.per_hour),
        "BOTSITE_PULLS_WORKERS": str(options.workers),
        "BOTSITE_PULLS_LEASE_SECONDS": str(options.lease),
        "BOTSITE_JOB_LEASE_SECONDS": str(options.lease),
        "DATABASE_URL": os.environ.get("BENCHMARK_DATABASE_URL") or database,
        "DJANGO_SETTINGS_MODULE": "botsite.settings",
        "no_proxy": "127.0.0.1",
    }
    import django

    django.setup()
    from botsite import processes

    processes.prepare_database()
    processes.prepare_host()
    _pause_what_is_not_measured()
    _make_rows(options.feedstocks, options.seed)


def _pause_what_is_not_measured() -> None:
    from core.jobs import schedules

    for each in schedules.declared():
        if not each.name.startswith(("pulls.", "core.recover")):
            schedules.pause(each.name, by=None, reason="it is not measured")


def _make_rows(feedstocks: int, seed: int) -> None:
    from django.utils import timezone

    from core.models import outcome_values
    from core.outcomes import OK
    from graph.build import build
    from graph.models import Channel, Feedstock, Maintainer, Output, Reading, Status

    now = timezone.now()
    owner = population.OWNER
    channel = Channel.objects.create(
        name=owner, kind="github", spec=f"github:{owner}", changed_at=now
    )
    rows = [
        Feedstock(
            channel=channel,
            name=population.name_of(number),
            key=f"{owner}/{population.name_of(number)}",
            recipe_name=population.name_of(number),
            forge_url=f"https://github.com/{population.repository_of(number)}",
            branch="main",
            path=f"{population.name_of(number)}-feedstock/{population.RECIPE_PATH}",
            recipe_file="meta.yaml",
            content_hash="first",
            read_at=now,
            version=population.OLD,
            status=Status.OUTDATED,
            outdated=True,
            new_version=population.NEW,
            version_outcome_code=OK.code,
            version_checked_at=now,
            released_at=now - timedelta(days=3),
            **outcome_values(OK),
        )
        for number in range(feedstocks)
    ]
    Feedstock.objects.bulk_create(rows, batch_size=_SLICE)
    Output.objects.bulk_create(
        (Output(feedstock=row, name=row.name) for row in rows), batch_size=_SLICE
    )
    Maintainer.objects.bulk_create(
        (
            Maintainer(feedstock=row, handle=f"person{number % population.MAINTAINERS}")
            for number, row in enumerate(rows)
        ),
        batch_size=_SLICE,
    )
    Reading.objects.bulk_create(
        (
            Reading(
                feedstock=row,
                requirements=dict.fromkeys(sorted(needed), "host:linux-64"),
                recipe_text=population.recipe(row.name, needed),
            )
            for row, needed in zip(rows, population.needs(feedstocks, seed), strict=True)
        ),
        batch_size=_SLICE,
    )
    build()


def make_proposals(count: int) -> float:
    """Have workers make them, job after job; returns the seconds that took."""
    from core.jobs import enqueue
    from core.models import Job
    from pulls.models import Attempt, PullRequest

    started = time.monotonic()
    while PullRequest.objects.count() < count:
        if time.monotonic() > started + _PATIENCE:
            failed = Attempt.objects.exclude(outcome_code="ok").values_list("outcome_code")
            raise RuntimeError(f"not all could be proposed: {list(failed[:3])}")
        enqueue("pulls.propose")
        while Job.objects.live().filter(kind="pulls.propose").exists():
            time.sleep(0.2)
    return time.monotonic() - started


def pass_time() -> None:
    """What would happen in the next minute, or quarter of an hour."""
    from django.utils import timezone

    from core.jobs.recover import recover
    from pulls import tasks
    from pulls.models import PullRequest

    now = timezone.now()
    held = PullRequest.objects.filter(outcome_code__in=_HELD, act_at__gt=now)
    held.update(act_at=now)
    recover()
    tasks.tend_due()


@contextmanager
def running(*queues: str, directory: Path) -> Iterator[list[int]]:
    """A cluster for each queue; gives the ids of their leading processes."""
    with ExitStack() as ending, (directory / LOG).open("ab") as log:
        leaders = []
        for queue in queues:
            process = start_cluster(queue, log=log)
            ending.callback(stop, process)
            leaders.append(process.pid)
        yield leaders


@contextmanager
def web() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, start_new_session=True
    )
    try:
        yield
    finally:
        stop(process)
