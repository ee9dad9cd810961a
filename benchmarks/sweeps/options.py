"""What can be chosen for a run. Reaches the run's own process by pickling."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from typing import Self

LINES = ("cold", "warm", "growth", "faults", "fairness", "reruns", "chaos")


@dataclass(frozen=True, slots=True)
class Options:
    """`seconds` bounds each pass, `chaos_seconds` all kills on one database; `latency` is in
    seconds, varied by half. `lease` is how long, under chaos, what a killed worker had stays
    taken."""

    packages: int
    seed: int
    latency: float
    changed: float
    workers: int
    seconds: float
    sizes: tuple[int, ...]
    crowd: int
    reruns: int
    kills: int
    lease: int
    chaos_seconds: float
    chaos_packages: int
    chaos_on: str
    pause: float
    token: str
    html_only: bool

    @classmethod
    def read(cls) -> tuple[Self, list[str]]:
        """The options and the lines of the command line."""
        found = _parser().parse_args()
        lines = list(found.lines) or list(LINES)
        values = {each.name: getattr(found, each.name) for each in fields(cls)}
        return cls(**values | {"sizes": tuple(found.sizes)}), lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.sweeps")
    add = parser.add_argument
    add("lines", nargs="*", choices=[*LINES, []], metavar="line", help=", ".join(LINES))
    add("--packages", type=int, default=27_000)
    add("--seed", type=int, default=1)
    add("--latency", type=float, default=0.05, help="seconds, varied by half")
    add("--changed", type=float, default=0.01, help="share before each warm pass")
    add("--workers", type=int, default=2)
    add("--seconds", type=float, default=1200.0, help="for each pass at most")
    add("--token", choices=["both", "with", "without"], default="both", help="cold and warm")
    add("--html-only", action="store_true", help="an index without JSON")
    add("--pause", type=float, default=61.0, help="seconds before a warm pass")
    add("--sizes", type=int, nargs="+", default=[3_000, 9_000, 27_000, 81_000], help="growth")
    add("--crowd", type=int, default=10_000, help="fairness: packages of the slow host")
    add("--reruns", type=int, default=50)
    add("--kills", type=int, default=20, help="chaos, on each database")
    add("--lease", type=int, default=15, help="chaos: seconds")
    add("--chaos-seconds", type=float, default=2400.0, help="for all kills on one database")
    add("--chaos-packages", type=int, default=2_000)
    add("--chaos-on", choices=["both", "postgres", "sqlite"], default="both")
    return parser
