"""How fast single look-ups are: door, parser and selection on pages like the package index's.

    python -m benchmarks.lookups [--packages 2000] [--in-flight 64] [--latency 0.05] [--rounds 3]
        [--nvchecker PATH]

One process asks for each package once, on loopback only; the pages have 60 files in the median and
3,000 at the 99th percentile. It does so twice: by the door alone, then with all that a look-up is.
nvchecker, if it is installed, reads the same pages in between, its own start included, and the
ratio is printed. Every answer is compared with what the world knows to be true. Of several rounds
the one with the least CPU time counts, for whatever else runs on the machine only adds to it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pypi_simple import ACCEPT_JSON_PREFERRED

from benchmarks.world import World, WorldConfig
from benchmarks.world.population import SHARES, Kind, Project
from benchmarks.world.recipes import urls
from core.garbage import collected_seldom
from core.http import Door, DoorConfig
from versions.asking.lookup import LookupConfig, Subject, look_up
from versions.sources import Shared


@dataclass(frozen=True, slots=True)
class Target:
    per_second: float
    cpu_ms: float


DOOR = Target(500, 2.0)
LOOKUP = Target(350, 3.0)


@dataclass(frozen=True, slots=True)
class Figures:
    """`cpu` (user and system) and `seconds` are for all look-ups together."""

    lookups: int
    right: int
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        return self.lookups / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu * 1000 / self.lookups

    def line(self, who: str, target: Target | None = None) -> str:
        line = (
            f"{who:18}{self.lookups:6} pages, {self.right} right, {self.per_second:5.0f}/s, "
            f"{self.cpu_ms:.2f} ms CPU each"
        )
        if target is None:
            return line
        met = self.per_second >= target.per_second and self.cpu_ms <= target.cpu_ms
        wanted = f"{target.per_second:.0f}/s at {target.cpu_ms} ms"
        return f"{line} ({wanted}: {'met' if met else 'missed'})"


def main() -> None:
    options = _options()
    # Of a world's packages so many are on the index.
    config = WorldConfig(round(options.packages / SHARES[Kind.INDEX]), latency=options.latency)
    with World(config, prepare=True) as world:
        projects = [each for each in world.projects() if each.kind is Kind.INDEX and not each.gone]
        with collected_seldom():  # as in a worker's shift
            rounds = [_round(world, projects, options) for _ in range(options.rounds)]
    door, ours, theirs = (_best(figures) for figures in zip(*rounds, strict=True))
    print(door.line("door alone", DOOR))
    print(ours.line("botsite", LOOKUP))
    if not theirs.lookups:
        print("nvchecker         not installed")
        return
    print(theirs.line(f"nvchecker ({_nvchecker_source()})"))
    rate, cpu = ours.per_second / theirs.per_second, theirs.cpu_ms / ours.cpu_ms
    print(
        f"ratio             {rate:.2f} in look-ups per second, {cpu:.2f} in look-ups per CPU second"
    )


def _round(
    world: World, projects: Sequence[Project], options: argparse.Namespace
) -> tuple[Figures, Figures, Figures]:
    """Of the door alone, of look-ups, and of nvchecker."""
    in_flight = options.in_flight
    door = _door(world, in_flight)
    alone = _door_alone(door, world, projects, in_flight)
    installed = options.nvchecker.exists()
    theirs = _nvchecker(options.nvchecker, world, projects, in_flight) if installed else _NOTHING
    ours = _lookups(door, world, projects, in_flight)
    door.close()
    return alone, ours, theirs


def _best(figures: Sequence[Figures]) -> Figures:
    return min(figures, key=lambda each: each.cpu)


_NOTHING = Figures(0, 0, 0.0, 0.0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=2000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=3)
    beside = Path(sys.executable).with_name("nvchecker")
    parser.add_argument("--nvchecker", type=Path, default=beside)
    return parser.parse_args()


def _door(world: World, in_flight: int) -> Door:
    limits = {world.url: {"in_flight": in_flight, "rate": 100_000}}
    return Door(DoorConfig.from_settings({"trusted_origins": [world.url], "host_limits": limits}))


def _door_alone(door: Door, world: World, projects: Sequence[Project], in_flight: int) -> Figures:
    def ask(project: Project) -> bool:
        url = f"{world.index_endpoint}{project.name}/"
        return bool(door.get(url, headers={"Accept": ACCEPT_JSON_PREFERRED}).body)

    return _timed(ask, projects, in_flight)


def _lookups(door: Door, world: World, projects: Sequence[Project], in_flight: int) -> Figures:
    config, shared = LookupConfig(world.index_endpoint), Shared()

    def ask(project: Project) -> bool:
        answer = look_up(_subject(project), door, shared, config)
        return answer.latest_version == project.conda_version

    return _timed(ask, projects, in_flight)


def _timed(ask: Callable[[Project], bool], projects: Sequence[Project], in_flight: int) -> Figures:
    """`ask` says whether its answer was right."""
    with ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(ask, projects[:in_flight]))  # connections, and code on its first run
        started, cpu = time.monotonic(), _cpu(resource.RUSAGE_SELF)
        right = sum(pool.map(ask, projects))
        seconds, cpu = time.monotonic() - started, _cpu(resource.RUSAGE_SELF) - cpu
    return Figures(len(projects), right, seconds, cpu)


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


def _nvchecker_source() -> str:
    """The one that reads JSON needs a library of its own; the other does less than it, and less
    than we."""
    return "jq" if find_spec("jq") else "regex"


def _nvchecker_file(world: World, projects: Sequence[Project], found: Path, in_flight: int) -> str:
    """The newest final version of each page. nvchecker knows neither yanked releases nor sdists."""
    files = f'oldver = "{found.with_suffix(".old")}"\nnewver = "{found}"'
    head = f"[__config__]\n{files}\nmax_concurrency = {in_flight}\n"
    reading = {
        "jq": "source = 'jq'\nfilter = '.versions[]'\n",
        "regex": """source = 'regex'\nregex = '-([0-9][^"-]*)\\.tar\\.gz"'\n""",
    }[_nvchecker_source()]
    each = (
        f'["{project.name}"]\nurl = "{world.index_endpoint}{project.name}/"\n'
        f"exclude_regex = '.*rc.*'\n{reading}"
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
