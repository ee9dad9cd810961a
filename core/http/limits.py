"""How much a host is asked, and how much it was."""

from __future__ import annotations

from dataclasses import dataclass


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

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            self.requests + other.requests,
            self.failures + other.failures,
            self.seconds + other.seconds,
        )
