"""Ever more packages: time and requests for each of them, memory of a worker."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.sweeps import full
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.passes import Pass
from benchmarks.sweeps.processes import isolated
from benchmarks.sweeps.site import said


def run(options: Options) -> bool:
    found: list[tuple[int, Pass]] = []
    for size in options.sizes:
        done: list[Pass] = isolated(full.measure, replace(options, packages=size), True, True)
        found += [(size, each) for each in done]
    for size, each in found:
        said(
            f"growth {each.name}: {size} packages, {each.seconds:.1f} s "
            f"({1000 * each.seconds / size:.2f} ms each), {each.requests} requests "
            f"({each.requests / size:.3f} each), {each.memory:.0f} MB at most in a process"
            f"{'' if each.complete else '; NOT COMPLETE'}"
        )
    return all(each.complete and not each.wrong for _, each in found)
