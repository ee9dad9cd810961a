"""Asking upstream several questions that may take so many seconds together."""

from __future__ import annotations

from core.http import Door, Response
from core.http.deadlines import Deadline
from core.http.doors import DEADLINE, MAX_BYTES
from core.http.exchange import Reader
from core.outcomes import OutcomeError
from pulls.upstream.outcomes import TOO_SLOW


class Asking:
    """A door with a deadline. What was asked once is not asked again, also if it failed."""

    def __init__(self, door: Door, seconds: float) -> None:
        self._door = door
        self._seconds = seconds
        self._deadline = Deadline(seconds)
        self._answers: dict[tuple[str, str], Response | OutcomeError] = {}

    def get(self, url: str, *, accept: str = "", max_bytes: int = MAX_BYTES) -> Response:
        """Raises OutcomeError: the door's, and `pulls.upstream_too_slow`."""
        key = url, accept
        if key not in self._answers:
            self._answers[key] = self._asked(url, accept, max_bytes)
        answer = self._answers[key]
        if isinstance(answer, OutcomeError):
            raise answer
        return answer

    def _asked(self, url: str, accept: str, max_bytes: int) -> Response | OutcomeError:
        headers = {"Accept": accept} if accept else None
        try:
            deadline = min(DEADLINE, self.left())
            return self._door.get(url, headers=headers, deadline=deadline, max_bytes=max_bytes)
        except OutcomeError as error:
            return error

    def has(self, url: str) -> bool:
        """Whether there is such a page, as far as its host says now."""
        try:
            self._door.head(url, deadline=min(DEADLINE, self.left()))
        except OutcomeError:
            return False
        return True

    def stream(self, url: str, read: Reader, *, max_bytes: int) -> None:
        """The file at a URL, as it is kept there. Raises as `get()`."""
        self._door.stream(
            url,
            read,
            headers={"Accept-Encoding": "identity"},
            deadline=self.left(),
            max_bytes=max_bytes,
        )

    def left(self) -> float:
        """Seconds, more than none. Raises OutcomeError (`pulls.upstream_too_slow`)."""
        try:
            return self._deadline.left()
        except TimeoutError:
            raise TOO_SLOW.error(seconds=round(self._seconds)) from None
