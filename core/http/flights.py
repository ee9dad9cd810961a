"""One request for all who ask the same at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from core.http.responses import Response


class Flights:
    """What is being fetched now. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Future[Response]] = {}

    def join(self, key: Hashable, seconds: float, fetch: Callable[[], Response]) -> Response:
        """The answer of `fetch()`, or of another caller's that is under way.

        Raises what that raises, and TimeoutError when another's takes longer than `seconds`.
        """
        flight, mine = self._flight(key)
        if not mine:
            return flight.result(seconds)
        try:
            flight.set_result(fetch())
        except Exception as error:
            flight.set_exception(error)
        except BaseException:
            # An interrupt is meant for this thread; those who wait get an error of their own.
            flight.set_exception(RuntimeError("the request was interrupted"))
            raise
        finally:
            with self._lock:
                del self._flights[key]
        return flight.result()

    def _flight(self, key: Hashable) -> tuple[Future[Response], bool]:
        with self._lock:
            if (known := self._flights.get(key)) is not None:
                return known, False
            mine = self._flights[key] = Future()
            return mine, True
