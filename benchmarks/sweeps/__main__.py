"""python -m benchmarks.sweeps [cold warm growth faults fairness reruns chaos]"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from functools import partial

from benchmarks.sweeps import chaos, fairness, faults, full, growth, reruns
from benchmarks.sweeps.options import Options
from benchmarks.sweeps.processes import end_in_order
from benchmarks.sweeps.site import said


def main() -> int:
    """Run the lines one after the other; one that breaks does not keep the next from running."""
    end_in_order()
    options, lines = Options.read()
    if "warm" in lines and "cold" in lines:
        lines.remove("cold")  # a warm pass comes after a cold one anyway
    fine = [_line(line, partial(_runs(line), options)) for line in lines]
    return 0 if all(fine) else 1


def _line(line: str, run: Callable[[], bool]) -> bool:
    said(f"--- {line}")
    started = time.monotonic()
    try:
        fine = run()
    except Exception:
        traceback.print_exc()
        fine = False
    said(f"--- {line}: {'fine' if fine else 'NOT FINE'}, {time.monotonic() - started:.0f} s in all")
    return fine


def _runs(line: str) -> Callable[[Options], bool]:
    runs: dict[str, Callable[[Options], bool]] = {
        "cold": partial(full.run, warm=False),
        "warm": partial(full.run, warm=True),
        "growth": growth.run,
        "faults": faults.run,
        "fairness": fairness.run,
        "reruns": reruns.run,
        "chaos": chaos.run,
    }
    return runs[line]


if __name__ == "__main__":
    sys.exit(main())
