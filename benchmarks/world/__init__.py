"""A server on the loopback interface that plays the internet for thousands of packages.

    with World(WorldConfig(packages=27_000)) as world:
        os.environ |= world.environment()
        ...
        world.advance(0.01)
        world.counts().requests

Everything in it follows from a seed: which packages there are, what they released and when, which
requests fail and how. Botsite reaches it as an operator would have it reach a mirror, and knows
nothing of it.
"""

from __future__ import annotations

from benchmarks.world.client import World
from benchmarks.world.config import Faults, Limit, WorldConfig
from benchmarks.world.counts import Counts

__all__ = ["Counts", "Faults", "Limit", "World", "WorldConfig"]
