"""One deadline over a whole request, however its time is spent.

A socket's own timeout starts anew with each read, so a host that sends a byte now and then would
hold a worker for ever. These sockets wait for what is left of the deadline instead.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any


class Deadline:
    """A point in time. `left()` raises TimeoutError when it has passed."""

    __slots__ = ("at",)

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, always more than zero."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        return seconds

    def allows(self, seconds: float) -> bool:
        """Whether that much time is left."""
        return time.monotonic() + seconds < self.at


class PlainSocket(socket.socket):
    """A socket whose reads end at `deadline`."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*args, **kwargs)


class TlsSocket(ssl.SSLSocket):
    """The same over TLS; made by an SSLContext whose `sslsocket_class` it is."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*args, **kwargs)
