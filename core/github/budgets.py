"""What GitHub still allows one token, as all processes know it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime

from core import hearsay
from core.github.budget import Budget

APIS = ("graphql", "rest")


class SharedBudgets(MutableMapping[str, Budget]):
    """Budgets by API. `whose` tells accounts apart, without being a secret."""

    def __init__(self, whose: str) -> None:
        self._whose = whose

    def __getitem__(self, api: str) -> Budget:
        budget: Budget | None = hearsay.recall(self._of(api))
        if budget is None:
            raise KeyError(api)
        return budget

    def __setitem__(self, api: str, budget: Budget) -> None:
        left = (budget.resets_at - datetime.now(UTC)).total_seconds()
        hearsay.tell(self._of(api), budget, max(1.0, left))

    def __delitem__(self, api: str) -> None:
        hearsay.forget(self._of(api))

    def __iter__(self) -> Iterator[str]:
        return (api for api in APIS if hearsay.recall(self._of(api)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, api: str) -> str:
        return f"budget {self._whose} {api}"
