"""Which requests go wrong, and how."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from hashlib import blake2b

from benchmarks.world.config import Faults


class Fault(StrEnum):
    SERVER_ERROR = "server_error"
    RESET = "reset"
    SILENCE = "silence"
    DRIP = "drip"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"


class Fate:
    """Deals out faults."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self._seed = seed
        self._down = frozenset(faults.down)
        self._shares = [(fault, float(getattr(faults, fault))) for fault in Fault]
        self._any = any(share for _, share in self._shares)
        self._asked: Counter[str] = Counter()

    def of(self, host: str, path: str) -> Fault | None:
        """What becomes of the next request for this page; None if it is answered."""
        if host in self._down:
            return Fault.RESET
        if not self._any:
            return None
        url = host + path
        self._asked[url] += 1
        luck = self._luck(f"{self._seed}/{url}/{self._asked[url]}")
        for fault, share in self._shares:
            if luck < share:
                return fault
            luck -= share
        return None

    def _luck(self, text: str) -> float:
        return int.from_bytes(blake2b(text.encode(), digest_size=7).digest()) / (1 << 56)
