"""Where the time goes: a context manager around cProfile, with peak memory."""

from __future__ import annotations

import cProfile
import io
import pstats
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TOP = 25


@contextmanager
def profiled(say: Callable[[str], object] | None) -> Iterator[None]:
    """Profile the block and say its costliest functions and the peak memory; None does nothing."""
    if say is None:
        yield
        return
    profile = cProfile.Profile()
    profile.enable()
    try:
        yield
    finally:
        profile.disable()
        say(report(profile))


def report(profile: cProfile.Profile) -> str:
    """The costliest functions by cumulative time, and the peak memory of this process in MB."""
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("cumulative").print_stats(TOP)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{text.getvalue()}peak memory: {peak:.0f} MB"
