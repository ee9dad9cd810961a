"""How many requests a host answers in a second."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from benchmarks.world.config import Limit


class Bucket:
    """A bucket of tokens, one for each request."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._tokens = float(limit.burst)
        self._at = clock()

    def take(self) -> int:
        """0 if there is a token; else the whole seconds after which one should be asked for."""
        now = self._clock()
        self._tokens += (now - self._at) * self._limit.rate
        self._tokens = min(self._tokens, float(self._limit.burst))
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return max(1, math.ceil((1 - self._tokens) / self._limit.rate))
