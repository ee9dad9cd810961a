"""How fast single look-ups are: door, parser and selection on pages like the package index's.

    python -m benchmarks.lookups [--packages 2000] [--in-flight 64] [--latency 0.05]
        [--nvchecker PATH]

One process asks for each package once, on loopback only; the pages have 60 files in the median and
3,000 at the 99th percentile. Every answer is compared with what the world knows to be true. With
`--nvchecker`, that program (with its `jq` source) reads the same pages, its own start included, and
the ratio is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.world import World, WorldConfig
from benchmarks.world.population import SHARES, Kind, Project
from benchmarks.world.recipes import urls
from core.http import Door, DoorConfig
from versions.lookup import Answer, LookupConfig, Subject, look_up
from versions.sources import Shared

LEAST_PER_SECOND, MOST_CPU_MS = 350, 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """`cpu` and `seconds` are for all look-ups together."""

    lookups: int
    right: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.lookups / self.seconds

    def line(self, who: str) -> str:
        each = self.cpu * 1000 / self.lookups
        return (
            f"{who:12}{self.lookups:6} look-ups, {self.right} right, {self.per_second:5.0f}/s, "
            f"{each:.2f} ms CPU each"
        )


def main() -> None:
    options = _options()
    # Of a world's packages so many are on the index.
    config = WorldConfig(round(options.packages / SHARES[Kind.INDEX]), latency=options.latency)
    with World(config, prepare=True) as world:
        projects = [each for each in world.projects() if each.kind is Kind.INDEX and not each.gone]
        ours = _look_all_up(world, projects, options.in_flight)
        met = ours.per_second >= LEAST_PER_SECOND and ours.cpu * 1000 <= MOST_CPU_MS * ours.lookups
        target = f"{LEAST_PER_SECOND}/s at {MOST_CPU_MS} ms"
        print(f"{ours.line('botsite')} ({target}: {'met' if met else 'missed'})")
        if not options.nvchecker:
            print("nvchecker   not installed")
            return
        theirs = _nvchecker(options.nvchecker, world, projects, options.in_flight)
        print(theirs.line("nvchecker"))
        print(f"ratio       {ours.per_second / theirs.per_second:.2f} in look-ups per second")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=2000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--nvchecker", type=Path)
    return parser.parse_args()


def _look_all_up(world: World, projects: Sequence[Project], in_flight: int) -> Figures:
    limits = {world.url: {"in_flight": in_flight, "rate": 100_000}}
    door = Door(DoorConfig.from_settings({"trusted_origins": [world.url], "host_limits": limits}))
    config, shared = LookupConfig(world.index_endpoint), Shared()

    def ask(subject: Subject) -> Answer:
        return look_up(subject, door, shared, config)

    subjects = [_subject(each) for each in projects]
    with ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(ask, subjects[:in_flight]))  # connections, and code on its first run
        started, cpu = time.monotonic(), _cpu(resource.RUSAGE_SELF)
        answers = list(pool.map(ask, subjects))
        seconds, cpu = time.monotonic() - started, _cpu(resource.RUSAGE_SELF) - cpu
    door.close()
    found = {
        each.key: answer.latest_version for each, answer in zip(subjects, answers, strict=True)
    }
    return Figures(len(subjects), _right(found, projects), seconds, cpu)


def _subject(project: Project) -> Subject:
    version = project.recipe_version
    return Subject.of(
        key=project.name,
        name=project.name,
        current_version=version,
        urls=[{"rendered": url} for url in urls(project, version)],
    )


def _nvchecker(program: Path, world: World, projects: Sequence[Project], in_flight: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="botsite-lookups-") as directory:
        found = Path(directory) / "found.json"
        file = Path(directory) / "nvchecker.toml"
        file.write_text(_nvchecker_file(world, projects, found, in_flight))
        started, cpu = time.monotonic(), _cpu(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [program, "--logging", "error", "-c", file],
            check=True,
            timeout=600,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "no_proxy": "127.0.0.1"},
        )
        seconds, cpu = time.monotonic() - started, _cpu(resource.RUSAGE_CHILDREN) - cpu
        versions = json.loads(found.read_text())
    data: dict[str, str | dict[str, str]] = versions.get("data", versions)
    told = {
        name: value["version"] if isinstance(value, dict) else value for name, value in data.items()
    }
    return Figures(len(projects), _right(told, projects), seconds, cpu)


def _nvchecker_file(world: World, projects: Sequence[Project], found: Path, in_flight: int) -> str:
    """The newest version of each page. nvchecker knows neither yanked releases nor sdists."""
    files = f'oldver = "{found.with_suffix(".old")}"\nnewver = "{found}"'
    head = f"[__config__]\n{files}\nmax_concurrency = {in_flight}\n"
    each = (
        f'["{project.name}"]\nsource = "jq"\nurl = "{world.index_endpoint}{project.name}/"\n'
        'filter = ".versions[]"\n'
        for project in projects
    )
    return head + "".join(each)


def _right(found: Mapping[str, str], projects: Sequence[Project]) -> int:
    return sum(found.get(each.name) == each.conda_version for each in projects)


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
