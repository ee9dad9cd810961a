"""One deadline over a whole request, however its time is spent.

A socket's own timeout starts anew with each read, so a host that sends a byte now and then would
hold a worker for ever. These sockets wait for what is left of the deadline instead; for the first
byte perhaps less, so that there is time to ask again.
"""

from __future__ import annotations

import socket
import ssl
import time
from copy import copy
from typing import Any, Self

from urllib3.util import Timeout


class Wait(float):
    """Seconds for all reads together; `first` are those for the first byte."""

    first: float

    def __new__(cls, seconds: float, first: float) -> Self:
        wait = super().__new__(cls, seconds)
        wait.first = first
        return wait


class Deadline(Timeout):
    """A point in time. requests takes it as the timeout of all that it does until then."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.at = time.monotonic() + seconds
        self._silence = seconds

    def bearing(self, seconds: float) -> Deadline:
        """The same point in time, for those who bear no longer silence before the first byte."""
        other = copy(self)
        other._silence = seconds
        return other

    @property
    def remaining(self) -> float:
        """Seconds left, none if the point has passed."""
        return max(0.0, self.at - time.monotonic())

    def left(self) -> float:
        """Seconds left, always more than zero. Raises TimeoutError when the point has passed."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        return seconds

    def allows(self, seconds: float) -> bool:
        """Whether that much time is left."""
        return time.monotonic() + seconds < self.at

    # What urllib3 does with a timeout: copy and start it for each request, then ask for seconds.

    def clone(self) -> Deadline:
        return self

    def start_connect(self) -> float:
        return time.monotonic()

    @property
    def connect_timeout(self) -> float:
        return self.left()

    @property
    def read_timeout(self) -> float:
        left = self.left()
        return Wait(left, min(left, self._silence))


class PlainSocket(socket.socket):
    """A socket whose timeout is for all reads together, until it is set again."""

    _deadline: Deadline | None = None
    _first: float | None = None

    def settimeout(self, value: float | None, /) -> None:
        super().settimeout(value)
        self._deadline = None if value is None else Deadline(value)
        self._first = value.first if isinstance(value, Wait) else None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self._deadline:
            left = self._deadline.left()
            super().settimeout(left if self._first is None else min(left, self._first))
        received = super().recv_into(*args, **kwargs)
        self._first = None
        return received


class TlsSocket(PlainSocket, ssl.SSLSocket):
    """The same over TLS; made by an SSLContext whose `sslsocket_class` it is."""
