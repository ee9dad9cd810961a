"""How much one host is asked: so many requests at once, and so many in a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from core.http.deadlines import Deadline
from core.http.origins import Origin
from core.http.outcomes import BUSY, RATE_LIMITED, door_error

_CATCH_UP = 0.05  # seconds that a late waker may make good; the rate over a second still holds
_LONGEST_HOLD = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class HostLimits:
    """Requests at once, and per second."""

    in_flight: int
    rate: float


DEFAULT_LIMITS = HostLimits(in_flight=8, rate=20.0)
INDEX_LIMITS = HostLimits(in_flight=32, rate=150.0)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a host was asked so far: requests sent, those without a usable answer, and seconds
    spent on all of them together."""

    requests: int = 0
    failures: int = 0
    seconds: float = 0.0


class HostBudget:
    """The turns of one origin. Thread-safe."""

    def __init__(self, host: str, limits: HostLimits) -> None:
        self._host = host
        self._spacing = 1.0 / limits.rate
        self._slots = threading.BoundedSemaphore(limits.in_flight)
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._held_until = 0.0
        self._traffic = Traffic()

    @property
    def traffic(self) -> Traffic:
        return self._traffic

    @contextmanager
    def turn(self, deadline: Deadline) -> Iterator[None]:
        """Wait for a turn and take it.

        Raises `DoorError`: `http.busy` when none comes before the deadline, `http.rate_limited`
        when the host told us to stay away beyond it.
        """
        if not self._slots.acquire(timeout=deadline.left()):
            raise door_error(BUSY, host=self._host)
        try:
            time.sleep(self._wait(deadline))
            yield
        finally:
            self._slots.release()

    def hold(self, seconds: float) -> None:
        """The host asked for a pause: nobody gets a turn before it is over."""
        with self._lock:
            until = time.monotonic() + min(seconds, _LONGEST_HOLD)
            self._held_until = max(self._held_until, until)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Add what happens inside to the traffic; an exception makes it a failure."""
        started = time.monotonic()
        failed = 1
        try:
            yield
            failed = 0
        finally:
            spent = time.monotonic() - started
            with self._lock:
                was = self._traffic
                self._traffic = Traffic(
                    was.requests + 1, was.failures + failed, was.seconds + spent
                )

    def _wait(self, deadline: Deadline) -> float:
        """Seconds until the next turn, which is then taken."""
        with self._lock:
            now = time.monotonic()
            held = self._held_until - now
            if held > 0 and not deadline.allows(held):
                raise door_error(RATE_LIMITED, host=self._host, retry_after=held)
            at = max(self._next_at, self._held_until, now - _CATCH_UP)
            if not deadline.allows(at - now):
                raise door_error(BUSY, host=self._host)
            self._next_at = at + self._spacing
            return max(0.0, at - now)


class Budgets:
    """The budget of each origin, made when it is first asked. Thread-safe."""

    def __init__(self, limits: Mapping[Origin, HostLimits]) -> None:
        self._limits = dict(limits)
        self._lock = threading.Lock()
        self._budgets: dict[Origin, HostBudget] = {}

    def of(self, origin: Origin) -> HostBudget:
        if (known := self._budgets.get(origin)) is not None:
            return known
        with self._lock:
            limits = self._limits.get(origin, DEFAULT_LIMITS)
            return self._budgets.setdefault(origin, HostBudget(origin.host, limits))

    def traffic(self) -> dict[str, Traffic]:
        """By host, as in a URL."""
        with self._lock:
            budgets = list(self._budgets.items())
        return {origin.netloc: budget.traffic for origin, budget in budgets}
