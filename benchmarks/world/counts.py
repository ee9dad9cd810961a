"""What reached a world: every request is counted, whatever became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self


@dataclass(slots=True)
class Counts:
    """`by_host` and `by_kind` count requests, `statuses` what was answered (0 for a broken
    connection); `bytes` were sent in bodies, `cpu` seconds spent by the world's process."""

    requests: int = 0
    bytes: int = 0
    cpu: float = 0.0
    by_host: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    def add(self, host: str, kind: str, status: int, size: int) -> None:
        self.requests += 1
        self.bytes += size
        self.by_host[host] += 1
        self.by_kind[kind] += 1
        self.statuses[str(status)] += 1

    def __sub__(self, earlier: Counts) -> Counts:
        """What came between two readings."""
        return Counts(
            self.requests - earlier.requests,
            self.bytes - earlier.bytes,
            self.cpu - earlier.cpu,
            self.by_host - earlier.by_host,
            self.by_kind - earlier.by_kind,
            self.statuses - earlier.statuses,
        )

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        counters = {name: Counter(values[name]) for name in ("by_host", "by_kind", "statuses")}
        return cls(values["requests"], values["bytes"], values["cpu"], **counters)
