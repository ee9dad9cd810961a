"""What GitHub still allows, as it says itself with each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Budget:
    """Of `limit` points an hour `remaining` are left until `resets_at`; the last request took
    `cost`. A point is one REST request, or as much of GraphQL as GitHub computes."""

    limit: int
    remaining: int
    resets_at: datetime
    cost: int = 1

    @classmethod
    def of_graphql(cls, rate_limit: Mapping[str, Any]) -> Self:
        """From a query's own `rateLimit`. Raises KeyError, TypeError, ValueError."""
        return cls(
            int(rate_limit["limit"]),
            int(rate_limit["remaining"]),
            datetime.fromisoformat(rate_limit["resetAt"]),
            int(rate_limit["cost"]),
        )

    @classmethod
    def of_headers(cls, headers: Mapping[str, str]) -> Self | None:
        """From an answer's `x-ratelimit-*`; None where it has none."""
        try:
            limit, remaining, reset = (
                int(headers[f"x-ratelimit-{each}"]) for each in ("limit", "remaining", "reset")
            )
            return cls(limit, remaining, datetime.fromtimestamp(reset, UTC))
        except (KeyError, ValueError, OverflowError, OSError):
            return None

    def wait(self) -> float:
        """Seconds until there is enough for another request like the last; 0 is now."""
        if self.remaining >= max(1, self.cost):
            return 0.0
        return max(0.0, (self.resets_at - datetime.now(UTC)).total_seconds())
