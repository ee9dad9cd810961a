"""Ends process groups when the supervisor is gone: `python -m botsite.reaper`.

Reads `+GROUP` and `-GROUP` lines from the supervisor. The end of input means that it died or
closed the pipe; what is then still listed is asked to end, and killed three seconds later.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 3.0


def listed(lines: Iterable[str]) -> set[int]:
    """Groups that were added and not taken away."""
    groups: set[int] = set()
    for line in lines:
        number = int(line[1:])
        if line.startswith("+"):
            groups.add(number)
        else:
            groups.discard(number)
    return groups


def send(groups: Iterable[int], number: signal.Signals) -> set[int]:
    """Signal groups; returns those that still exist."""
    left = set()
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)
            left.add(group)
    return left


def main() -> None:
    # A Ctrl-C at the terminal is the supervisor's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    left = send(listed(sys.stdin), signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {group for group in left if _exists(group)}
    send(left, signal.SIGKILL)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
