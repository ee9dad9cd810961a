"""An upgrade while it works: a released version's database, with data, is migrated under its own
workers, which go on; then new workers come beside them, then the old ones go.

    python -m benchmarks.upgrade_drill --release v0.1.0 --on sqlite
    python -m benchmarks.upgrade_drill --release v0.1.0 --on postgres      # and Redis

The release is any commit of this repository. Both versions run in the environment of this one, for
it has all that the older needs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sweeps.processes import ROOT, stop
from benchmarks.sweeps.services import Postgres, Redis
from benchmarks.sweeps.site import said, scratch
from benchmarks.world import World, WorldConfig
from benchmarks.world.population import Project
from benchmarks.world.recipes import urls, watchfile

PHASE_SECONDS = 600.0
FEEDSTOCKS = 20
LEASE = {"BOTSITE_CHECK_LEASE_SECONDS": "20", "BOTSITE_JOB_LEASE_SECONDS": "40"}
ALARMING = re.compile(r"\b(?:ERROR|CRITICAL)\b|^\w*(?:Error|Exception)\b")
_POLL = 0.5


@dataclass(frozen=True, slots=True)
class Version:
    """The code of one version, and the environment that all versions share."""

    name: str
    tree: Path
    environment: Mapping[str, str]

    @property
    def log(self) -> Path:
        return Path(self.environment["BOTSITE_VAR_DIR"]) / f"{self.name}.log"

    def manage(self, *arguments: str) -> str:
        """Run a command; what it complains of counts as the workers' complaints do."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=self.tree,
                env=dict(self.environment),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                check=True,
            )
        return done.stdout

    @contextmanager
    def workers(self) -> Iterator[None]:
        with ExitStack() as ending, self.log.open("ab") as log:
            for queue in ("default", "net"):
                cluster = subprocess.Popen(
                    [sys.executable, "manage.py", "qcluster"],
                    cwd=self.tree,
                    env={**self.environment, "Q_CLUSTER_NAME": queue},
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                ending.callback(stop, cluster)
            yield

    def complaints(self) -> Counter[str]:
        """Lines of its log that a person would have to look at, without what differs each time."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        alarming = (line for line in lines if ALARMING.search(line))
        return Counter(re.sub(r"^[\d:, -]+|\d+", "", line)[:140] for line in alarming)


class Answers:
    """How often each package has been checked, asked of the table: it outlives both versions."""

    def __init__(self) -> None:
        self._before = self._checks()

    def make_due(self) -> None:
        from django.db import connection
        from django.utils import timezone

        self._before = self._checks()
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("UPDATE versions_package SET next_check_at = %s", [now])

    def missing(self) -> int:
        now = self._checks()
        return sum(now.get(key, 0) <= count for key, count in self._before.items())

    def wait(self) -> bool:
        until = time.monotonic() + PHASE_SECONDS
        while self.missing() and time.monotonic() < until:
            time.sleep(_POLL)
        return not self.missing()

    def _checks(self) -> dict[str, int]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT key, checks FROM versions_package WHERE retired_at IS NULL")
            return dict(cursor.fetchall())


class Drill:
    def __init__(self, old: Version, new: Version, world: World) -> None:
        self.old, self.new, self.world = old, new, world
        self.fine = True

    def run(self) -> bool:
        self._install_old()
        with self.old.workers():
            self._phase("the old version alone")
            self._upgrade()
            self._write_with_old()
            self._phase("old workers on the new database")
            with self.new.workers():
                self._phase("old and new workers together")
        with self.new.workers():
            self._phase("new workers alone", settle=float(LEASE["BOTSITE_CHECK_LEASE_SECONDS"]))
        self._look_at_answers()
        return self.fine

    def _install_old(self) -> None:
        self.old.manage("migrate", "--verbosity=0")
        self.old.manage("shell", "-c", "from core.jobs import schedules; schedules.sync()")
        self._watch(self.old, "first")
        self._track("before")
        self.answers = Answers()

    def _watch(self, version: Version, owner: str) -> None:
        projects = self.world.projects()
        count = int(len(projects) * 0.8)
        mine = projects[:count] if owner == "first" else projects[count:]
        file = Path(version.environment["BOTSITE_VAR_DIR"]) / f"{owner}.json"
        file.write_text(json.dumps(watchfile(mine)))
        version.manage("watch", str(file), f"--owner={owner}")

    def _track(self, channel: str) -> None:
        """Feedstocks of some of the world's packages, each needing the one before."""
        folder = Path(self.old.environment["BOTSITE_VAR_DIR"]) / channel
        needed = "python"
        for project in self.world.projects()[:FEEDSTOCKS]:
            recipe = folder / project.name / "recipe" / "meta.yaml"
            recipe.parent.mkdir(parents=True)
            recipe.write_text(_recipe(project, needed))
            needed = project.name
        self.old.manage("track", f"dir:{folder}", f"--name={channel}")
        self.old.manage("build_graph")

    def _upgrade(self) -> None:
        """In the middle of a sweep."""
        self.answers.make_due()
        self.old.manage("shell", "-c", "from versions import dispatch; dispatch.feed()")
        started = time.monotonic()
        self.new.manage("prepare")
        said(f"prepare, during a sweep of the old version: {time.monotonic() - started:.1f} s")

    def _write_with_old(self) -> None:
        """Rows of all kinds that the old version inserts."""
        self._watch(self.old, "second")
        self._track("after")
        said("the old version watched, tracked and built on the new database")

    def _phase(self, name: str, settle: float = 0.0) -> None:
        """Each package is checked once more, with nobody's help but the schedule's."""
        time.sleep(settle)
        self.answers.make_due()
        started = time.monotonic()
        complete = self.answers.wait()
        took = time.monotonic() - started
        self.fine &= complete
        said(f"{name}: {self.answers.missing()} packages missing after {took:.0f} s")

    def _look_at_answers(self) -> None:
        from benchmarks.sweeps.passes import wrong_answers

        wrong = wrong_answers(self.world)
        self.fine &= not wrong
        said(f"wrong answers in the end: {len(wrong)}")
        for version in (self.old, self.new):
            for line, times in version.complaints().most_common(8):
                said(f"  {version.name} complained {times} times: {line}")


def main() -> int:
    options = _options()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch())
        config = WorldConfig(packages=options.packages, seed=1, latency=0.02)
        world = stack.enter_context(World(config, prepare=True))
        environment = _environment(folder, world) | _services(options.on, folder, stack)
        os.environ.update(environment | {"DJANGO_SETTINGS_MODULE": "botsite.settings"})
        import django

        django.setup()
        old = Version("old", _checkout(options.release, folder / "old"), environment)
        drill = Drill(old, Version("new", ROOT, environment), world)
        fine = drill.run()
        _hang_up()
    said("nothing lost, nothing wrong" if fine else "NOT FINE")
    return 0 if fine else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.upgrade_drill")
    parser.add_argument("--release", required=True, help="tag or commit to upgrade from")
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--packages", type=int, default=400)
    return parser.parse_args()


def _environment(folder: Path, world: World) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("BOTSITE_", "DATABASE"))}
    return {
        **plain,
        **world.environment(),
        **LEASE,
        "BOTSITE_VAR_DIR": str(folder),
        "BOTSITE_SECRET_KEY": secrets.token_urlsafe(48),
        "BOTSITE_GITHUB_TOKEN": "token-of-the-world",
        "BOTSITE_CHECK_GATHER_MINUTES": "0",
        "BOTSITE_LOG_LEVEL": "WARNING",
    }


def _services(on: str, folder: Path, stack: ExitStack) -> dict[str, str]:
    if on == "sqlite":
        return {}
    services = (Postgres(folder), Redis(folder))
    for service in services:
        service.start()
        stack.callback(service.end)
    return {"DATABASE_URL": services[0].url, "REDIS_URL": services[1].url}


def _checkout(release: str, tree: Path) -> Path:
    for command in (
        ["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(tree)],
        ["git", "-C", str(tree), "checkout", "--quiet", release],
    ):
        subprocess.run(command, check=True)
    return tree


def _recipe(project: Project, needed: str) -> str:
    version = project.recipe_version.replace("-", "_")
    return json.dumps(
        {
            "package": {"name": project.name, "version": version},
            "source": {"url": urls(project, project.recipe_version)},
            "requirements": {"host": ["python"], "run": ["python", needed]},
        }
    )


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    raise SystemExit(main())
