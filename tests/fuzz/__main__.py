"""`python -m tests.fuzz --seconds 600`: half of the time recipes, half of it servers' answers.

Prints how the tries ended. Exit 1 if one ended as none may; what it takes to see that again is then
below var/fuzz.
"""

# ruff: noqa: T201 - what it prints is its result

from __future__ import annotations

import argparse
import random
import secrets
import sys
from collections.abc import Callable

from tests.fuzz import answers, recipes
from tests.fuzz.findings import Report

Hunt = Callable[[random.Random, float, Report], None]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = secrets.randbits(32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    hunts: dict[str, Hunt] = {"recipes": recipes.hunt, "answers": answers.hunt}
    reports = [_run(name, hunt, seed, options.seconds / 2) for name, hunt in hunts.items()]
    return int(any(report.findings for report in reports))


def _run(name: str, hunt: Hunt, seed: int, seconds: float) -> Report:
    report = Report()
    hunt(random.Random(f"{name} {seed}"), seconds, report)  # noqa: S311 - to be repeatable
    print(f"{name}: {report.endings.total()} tries, {len(report.findings)} findings")
    for ending, count in report.endings.most_common():
        print(f"  {count:>8}  {ending}")
    return report


if __name__ == "__main__":
    sys.exit(main())
