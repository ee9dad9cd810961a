"""How much each host is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from core.http.limits import DEFAULT_LIMITS, HostLimits, Traffic
from core.http.origins import Origin
from core.http.turns import HostBudget


class Budgets:
    """The budget of each origin, made when it is first asked. Thread-safe.

    A keeper, if there is one, lends spans of time and shares news of hosts among workers; it looks
    at those budgets that stirred since it last looked.
    """

    def __init__(self, limits: Mapping[Origin, HostLimits]) -> None:
        self._limits = dict(limits)
        self._lock = threading.Lock()
        self._budgets: dict[Origin, HostBudget] = {}
        self._stirring = threading.Lock()  # of its own: it is taken inside those of budgets
        self._stirred: dict[Origin, HostBudget] = {}
        self._keepers = 0

    def of(self, origin: Origin) -> HostBudget:
        if (known := self._budgets.get(origin)) is not None:
            return known
        with self._lock:
            if origin not in self._budgets:
                limits = self._limits.get(origin, DEFAULT_LIMITS)
                budget = self._budgets[origin] = HostBudget(origin, limits, self._stir)
                budget.govern(self._keepers > 0)
            return self._budgets[origin]

    def traffic(self) -> dict[str, Traffic]:
        """By host, as in a URL."""
        total: dict[str, Traffic] = {}
        for budget in self._all():
            host = budget.origin.netloc
            total[host] = total.get(host, Traffic()) + budget.traffic
        return total

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While this lasts, turns need spans, which the caller lends."""
        self._count_keepers(1)
        try:
            yield
        finally:
            self._count_keepers(-1)

    def stirred(self) -> list[HostBudget]:
        """Those that want a span or have news, in the order of their origins; once."""
        with self._stirring:
            ready = [budget for budget in self._stirred.values() if budget.is_ready]
            for budget in ready:
                del self._stirred[budget.origin]
        return sorted(ready, key=lambda budget: str(budget.origin))

    def stir_all(self) -> None:
        """Have the keeper look at all that were not worth its while so far."""
        self.stir_again(budget for budget in self._all() if budget.has_news)

    def stir_again(self, budgets: Iterable[HostBudget]) -> None:
        """Whoever looked at these could do nothing for them."""
        for budget in budgets:
            self._stir(budget)

    def _stir(self, budget: HostBudget) -> None:
        with self._stirring:
            self._stirred[budget.origin] = budget

    def _count_keepers(self, change: int) -> None:
        with self._lock:
            governed = self._keepers > 0
            self._keepers += change
            if governed != (self._keepers > 0):
                for budget in self._budgets.values():
                    budget.govern(self._keepers > 0)

    def _all(self) -> list[HostBudget]:
        with self._lock:
            return list(self._budgets.values())
