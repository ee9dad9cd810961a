"""What can be chosen for a run."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Options:
    """`merge_after` is how long people take, `tick` how often what comes each minute comes here;
    all in seconds."""

    feedstocks: int
    kills: int
    seed: int
    workers: int
    per_minute: int
    per_hour: int
    lease: int
    merge_after: float
    tick: float
    seconds: float

    @classmethod
    def read(cls) -> Self:
        found = _parser().parse_args()
        return cls(**{each.name: getattr(found, each.name) for each in fields(cls)})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.proposals")
    add = parser.add_argument
    add("--feedstocks", type=int, default=500)
    add("--kills", type=int, default=10)
    add("--seed", type=int, default=1)
    add("--workers", type=int, default=2, help="processes of the queue pulls")
    add("--per-minute", type=int, default=600, help="BOTSITE_PULLS_PER_MINUTE")
    add("--per-hour", type=int, default=7200, help="BOTSITE_PULLS_PER_HOUR")
    add("--lease", type=int, default=15, help="seconds that a killed worker's proposal stays taken")
    add("--merge-after", type=float, default=2.0, help="seconds until people merge")
    add("--tick", type=float, default=5.0, help="seconds between what otherwise comes each minute")
    add("--seconds", type=float, default=2400.0, help="at most")
    return parser
