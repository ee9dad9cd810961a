"""Where the time goes: a context manager around cProfile, over all threads, with peak memory.

    with profiled(keep):            # keep(findings) is called at the end
        ...

    @profiled(keep)                 # the same as a decorator
    def work(): ...

Threads that begin within the block are profiled, too. What is counted is processor time: look-ups
wait for the network most of the time, and that would hide all else.
"""

from __future__ import annotations

import cProfile
import io
import marshal
import pstats
import re
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TOP = 40
HERE = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True, slots=True)
class Function:
    """`own_s` is without, `total_s` with what it called; `line` counts from 1, 0 is built in."""

    name: str
    file: str
    line: int
    calls: int
    own_s: float
    total_s: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Findings:
    """`functions` are the costliest, by their own time; `stats` is a file that pstats reads."""

    seconds: float
    cpu_s: float
    peak_mb: float
    functions: list[Function]
    stats: bytes

    def report(self) -> str:
        """For a terminal."""
        lines = [f"{self.seconds:.2f} s, {self.cpu_s:.2f} s of processor time"]
        lines += [f"{'own s':>9} {'total s':>9} {'calls':>10}  function"]
        lines += [
            f"{each.own_s:>9.3f} {each.total_s:>9.3f} {each.calls:>10,}  {each.name} {each.file}"
            + (f":{each.line}" if each.line else "")
            for each in self.functions
        ]
        return "\n".join([*lines, f"peak memory: {self.peak_mb:.0f} MB"])


@contextmanager
def profiled(keep: Callable[[Findings], object] | None) -> Iterator[None]:
    """Profile the block and hand over what was found, also if it raises; None does nothing."""
    if keep is None:
        yield
        return
    profiles = [_profile()]
    _forget_peak()
    began, busy = time.perf_counter(), time.process_time()
    threading.setprofile(lambda *event: _join_in(profiles))
    profiles[0].enable()
    try:
        yield
    finally:
        profiles[0].disable()
        threading.setprofile(None)
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - busy
        keep(_findings(profiles, seconds, cpu_s))


def _profile() -> cProfile.Profile:
    return cProfile.Profile(time.thread_time_ns, 1e-9)


def _join_in(profiles: list[cProfile.Profile]) -> None:
    """The first event of a thread: from here to its end, its own profile hears of all others."""
    profile = _profile()
    profiles.append(profile)
    profile.enable()


def _findings(profiles: list[cProfile.Profile], seconds: float, cpu_s: float) -> Findings:
    stats = _merged(profiles)
    table: dict[tuple[str, int, str], Any] = stats.stats  # type: ignore[attr-defined]
    costly = sorted(table.items(), key=lambda each: -each[1][2])[:TOP]
    functions = [
        Function(name, _short(file), line, calls, round(own, 4), round(total, 4))
        for (file, line, name), (_, calls, own, total, _) in costly
    ]
    return Findings(seconds, cpu_s, _peak_mb(), functions, marshal.dumps(table))


def _merged(profiles: list[cProfile.Profile]) -> pstats.Stats:
    """Threads may still run: their profiles are read, not ended."""
    merged = pstats.Stats(stream=io.StringIO())
    for profile in profiles:
        profile.snapshot_stats()
        if profile.stats:
            merged.add(_Snapshot(profile.stats))  # type: ignore[arg-type]
    return merged


class _Snapshot:
    """What pstats takes for a profile."""

    def __init__(self, stats: dict[Any, Any]) -> None:
        self.stats = stats

    def create_stats(self) -> None:
        """They are there already."""


def _short(file: str) -> str:
    """A path as people know it: within this project, or within its package."""
    if file.startswith(HERE) and "site-packages" not in file:
        return file.removeprefix(HERE).lstrip("/")
    return re.sub(r".*/(?:site-packages|lib/python[\d.]+)/", "", file)


def _forget_peak() -> None:
    """Linux can forget the peak so far; elsewhere it is that since the process began."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    with suppress(OSError):
        status = Path("/proc/self/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
