"""What a world is like. Passed to its process as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Limit:
    """Requests per second that a host answers, and at once; more get 429 with Retry-After."""

    rate: float
    burst: int = 10


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of all requests, 0 to 1, that end badly, and hosts that answer none at all.

    Which request fails depends on the seed, its URL and how often that was asked for before, so a
    run can be repeated, and a retry has its own luck.
    """

    server_error: float = 0.0
    reset: float = 0.0
    silence: float = 0.0
    drip: float = 0.0
    truncated: float = 0.0
    garbage: float = 0.0
    down: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldConfig:
    """`latency` is in seconds, `jitter` the share by which it varies up and down.

    `index_projects` and `cran_packages` are how many the two list in all: most are in no recipe.
    `html_only` is an index that speaks no JSON and tells no serials. `github_points` is the hourly
    budget of its GraphQL. `crowd` more packages live all on one host.
    """

    packages: int = 1000
    crowd: int = 0
    seed: int = 1
    latency: float = 0.0
    jitter: float = 0.5
    html_only: bool = False
    index_projects: int = 0
    cran_packages: int = 0
    github_points: int = 5000
    limits: Mapping[str, Limit] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        values = json.loads(text)
        faults = values.pop("faults")
        limits = {host: Limit(**limit) for host, limit in values.pop("limits").items()}
        down = tuple(faults.pop("down"))
        return cls(**values, limits=limits, faults=Faults(**faults, down=down))
