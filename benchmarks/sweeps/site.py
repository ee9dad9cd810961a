"""A Botsite in a scratch folder that lives in a world, and the workers of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import ROOT, stop
from benchmarks.world import World, WorldConfig
from benchmarks.world.recipes import watch_entries

OWNER = "world"
INDEX_PROJECTS, CRAN_PACKAGES = 700_000, 22_000


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="botsite-sweep-") as directory:
        yield Path(directory)


def world_config(options: Options, **changes: object) -> WorldConfig:
    values: dict[str, object] = {
        "packages": options.packages,
        "seed": options.seed,
        "latency": options.latency,
        "html_only": options.html_only,
        "index_projects": INDEX_PROJECTS,
        "cran_packages": CRAN_PACKAGES,
        **changes,
    }
    return WorldConfig(**values)  # type: ignore[arg-type]


@contextmanager
def site(
    config: WorldConfig, workers: int, extra: Mapping[str, str] | None = None, *, token: bool = True
) -> Iterator[World]:
    """A world that is watched by a Botsite of this process; nobody works for it yet."""
    with scratch() as directory, World(config, prepare=True) as world:
        database = f"sqlite:///{directory / 'sweep.sqlite3'}"
        os.environ |= {
            "BOTSITE_VAR_DIR": str(directory),
            "BOTSITE_APPS": "versions",
            "BOTSITE_LOG_LEVEL": "ERROR",
            "BOTSITE_NET_WORKERS": str(workers),
            "BOTSITE_GITHUB_TOKEN": "token-of-the-world" if token else "",
            "DATABASE_URL": os.environ.get("BENCHMARK_DATABASE_URL", database),
            "DJANGO_SETTINGS_MODULE": "botsite.settings",
            **world.environment(),
            **(extra or {}),
        }
        _prepare(world)
        try:
            yield world
        finally:
            from django.db import connections

            connections.close_all()


def _prepare(world: World) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from core.jobs import schedules
    from versions import watch

    call_command("migrate", verbosity=0)
    schedules.sync()
    started = time.monotonic()
    report = watch.sync(OWNER, watch_entries(world.projects(), OWNER))
    said(f"watch: {report.watched} packages in {time.monotonic() - started:.1f} s")


@contextmanager
def clusters(queues: Sequence[str] = ("net",)) -> Iterator[list[int]]:
    """A qcluster for each queue; gives the ids of their leading processes."""
    with ExitStack() as ending:
        leaders = []
        for queue in queues:
            process = start_cluster(queue)
            ending.callback(stop, process)
            leaders.append(process.pid)
        yield leaders


def start_cluster(
    queue: str, environment: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env={**os.environ, **(environment or {}), "Q_CLUSTER_NAME": queue},
        stderr=log,
        start_new_session=True,
    )


def said(line: str) -> None:
    print(line, flush=True)
