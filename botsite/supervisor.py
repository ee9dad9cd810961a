"""Keeping the web server and the workers of one machine alive, and ending them all together.

Every child leads a session of its own, so that ending its process group ends its workers too. A
reaper process (`botsite.reaper`) holds the other end of a pipe: when the supervisor dies, however
suddenly, the pipe closes and the reaper ends every group.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

STOP_SECONDS = 20.0
STEADY_SECONDS = 60.0
FIRST_WAIT, MOST_WAIT = 0.5, 30.0
MOST_FAILURES = 6
TICK = 0.2

Say = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """A process that must run. `failures` counts deaths in a row, each soon after its start."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0

    @property
    def group(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class GaveUp(Exception):
    """A child dies again and again; the message says which, and how it ended."""


class Supervisor:
    def __init__(self, children: list[Child], say: Say) -> None:
        self.children = children
        self.say = say
        self.stopping = False
        self._reaper: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Run until a signal asks to stop. Raises GaveUp when a child can't be kept alive."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stopping:
                self._tend_reaper()
                for child in self.children:
                    self._tend(child)
                time.sleep(TICK)
        finally:
            self.stop()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.has_died():
            self._bury(child, now)
        if child.process is None and now >= child.start_at:
            child.start()
            self._tell_reaper(f"+{child.group}")

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - has_died() said so
        status = child.process.returncode
        kill_group(child.process.pid, signal.SIGKILL)
        self._tell_reaper(f"-{child.process.pid}")
        steady = now - child.started > STEADY_SECONDS
        child.process, child.failures = None, 1 if steady else child.failures + 1
        if child.failures >= MOST_FAILURES:
            raise GaveUp(
                f"{child.name} ended {child.failures} times in a row, the last time with status "
                f"{status}. Its own message stands above; mend the cause and start again."
            )
        wait = min(FIRST_WAIT * 2 ** (child.failures - 1), MOST_WAIT)
        child.start_at = now + wait
        self.say(f"{child.name} ended with status {status}; starting it again in {wait:.1f} s")

    def _tend_reaper(self) -> None:
        if self._reaper is not None and self._reaper.poll() is None:
            return
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "botsite.reaper"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        for child in self.children:
            if child.group:
                self._tell_reaper(f"+{child.group}")

    def _tell_reaper(self, line: str) -> None:
        if self._reaper is None or self._reaper.stdin is None:
            return
        # A reaper that died this moment is replaced, and told everything, at the next turn.
        with contextlib.suppress(BrokenPipeError):
            self._reaper.stdin.write(f"{line}\n".encode())
            self._reaper.stdin.flush()

    def stop(self) -> None:
        """Ask every child to end, wait, then end what is left of every group."""
        for child in self.children:
            if child.process:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                kill_group(child.process.pid, signal.SIGKILL)
                child.process.wait()
                self._tell_reaper(f"-{child.process.pid}")
        if self._reaper and self._reaper.stdin:
            self._reaper.stdin.close()
            self._reaper.wait()


def kill_group(group: int, number: signal.Signals) -> None:
    """Signal a process group; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
