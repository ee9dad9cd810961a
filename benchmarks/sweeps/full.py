"""All packages for the first time, and again after a share of them has released something."""

from __future__ import annotations

import time

from benchmarks.sweeps import passes
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import clusters, said, site, world_config


def run(options: Options, *, warm: bool) -> bool:
    """Print the lines; false if a pass was not complete, or an answer wrong."""
    with_token = {"both": (True, False), "with": (True,), "without": (False,)}[options.token]
    fine = True
    for token in with_token:
        done: list[passes.Pass] = isolated(measure, options, token, warm)
        fine &= all(each.complete and not each.wrong for each in done)
    return fine


def measure(options: Options, token: bool, warm: bool) -> list[passes.Pass]:
    """A cold pass, and a warm one if that is wanted."""
    about = "with token" if token else "without token"
    with (
        site(world_config(options), options.workers, token=token) as world,
        clusters() as leaders,
    ):
        cold = passes.run(f"cold {about}", world, leaders, options.seconds)
        if not (warm and cold.complete):
            return [cold]
        passes.settle()
        said(f"      {options.pause:.0f} s pass, so that nothing is fresh by mere haste")
        time.sleep(options.pause)
        world.advance(options.changed)
        return [cold, passes.run(f"warm {about}", world, leaders, options.seconds)]
