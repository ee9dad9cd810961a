"""One answer for many lookups: what a bulk source reads once for all packages of a batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")

FRESH = 5.0  # seconds


@dataclass(slots=True)
class _Entry:
    future: Future[Any] = field(default_factory=Future)
    settled_at: float | None = None


class Shared:
    """Keeps loaded values by key; of several callers at once, one loads and the others wait.

    A batch makes one and drops it at its end. A process that keeps one gives `max_age` in seconds,
    after which a value is loaded anew. A failure is shared too, for `failure_age` seconds, so that
    two thousand packages do not each wait for the same dead host.
    """

    def __init__(
        self,
        max_age: float = float("inf"),
        failure_age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_age = max_age
        self._failure_age = failure_age
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._cycle: object = None

    def expire(self, cycle: object = None) -> None:
        """Another cycle begins: what is older than a moment is loaded anew."""
        with self._lock:
            if cycle is not None and cycle == self._cycle:
                return
            self._cycle, now = cycle, self._clock()
            for key, entry in list(self._entries.items()):
                if entry.settled_at is not None and now - entry.settled_at > FRESH:
                    del self._entries[key]

    def get(self, key: str, load: Callable[[], T]) -> T:
        """The value of `load()`, or the OutcomeError it raised, perhaps for an earlier caller."""
        entry, mine = self._entry(key)
        if mine:
            self._settle(entry, load)
        return cast(T, entry.future.result())

    def known(self, key: str) -> Any:
        """A value that is at hand; None if it is not, or loading it failed."""
        with self._lock:
            entry = self._entries.get(key)
        if entry is None or entry.settled_at is None or entry.future.exception():
            return None
        return entry.future.result()

    def _entry(self, key: str) -> tuple[_Entry, bool]:
        with self._lock:
            known = self._entries.get(key)
            if known is not None and not self._is_stale(known):
                return known, False
            fresh = self._entries[key] = _Entry()
            return fresh, True

    def _is_stale(self, entry: _Entry) -> bool:
        if entry.settled_at is None:
            return False
        age = self._failure_age if entry.future.exception() else self._max_age
        return self._clock() - entry.settled_at > age

    def _settle(self, entry: _Entry, load: Callable[[], Any]) -> None:
        try:
            entry.future.set_result(load())
        except Exception as error:
            entry.future.set_exception(error)
        except BaseException:
            # Ctrl-C was meant for this thread; those who wait get an error of their own.
            entry.future.set_exception(RuntimeError("the load was interrupted"))
            raise
        finally:
            entry.settled_at = self._clock()
