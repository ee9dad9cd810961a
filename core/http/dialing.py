"""Connecting: resolve a name, judge each address, connect to the very address judged."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from core.http.deadlines import Deadline, PlainSocket
from core.http.guard import Guard
from core.http.origins import Address, Origin
from core.http.outcomes import DoorError

CONNECT_TIMEOUT = 5.0  # seconds for one address, so that a dead one leaves time for the next

Resolve = Callable[[str, int], list[str]]
"""Host and port to textual addresses, best first. Raises OSError (`socket.gaierror`)."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_rest, sockaddr in found))


class Dialer:
    """Opens connections that the guard allows."""

    def __init__(self, guard: Guard, resolve: Resolve = resolve) -> None:
        self._guard = guard
        self._resolve = resolve

    def dial(self, origin: Origin, deadline: Deadline, *, as_proxy: bool = False) -> PlainSocket:
        """A connected socket. The operator's proxy is not judged, but a URL that names it is.

        Raises `DoorError` when no address may be contacted, OSError when none answers, TimeoutError
        at the deadline.
        """
        failure: Exception = OSError("its name has no address")
        for address in self._addresses(origin, deadline):
            try:
                if not as_proxy:
                    self._guard.judge_address(origin, address)
                return _connect(address, origin.port, deadline)
            except (DoorError, OSError) as error:
                failure = error
        deadline.left()
        raise failure

    def _addresses(self, origin: Origin, deadline: Deadline) -> list[Address]:
        if (literal := origin.address) is not None:
            return [literal]
        found = _in_time(lambda: self._resolve(origin.host, origin.port), deadline)
        return [ipaddress.ip_address(text) for text in found]


def _connect(address: Address, port: int, deadline: Deadline) -> PlainSocket:
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    sock = PlainSocket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(CONNECT_TIMEOUT, deadline.left()))
        sock.connect((str(address), port))
        sock.settimeout(deadline.left())
    except BaseException:
        sock.close()
        raise
    return sock


def _in_time(lookup: Callable[[], list[str]], deadline: Deadline) -> list[str]:
    """Run a lookup in a thread, for the system's resolver knows no timeout and may take minutes."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(lookup())
        except Exception as error:
            answers.put(error)

    threading.Thread(target=run, name="door-resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise answer
    found: list[str] = answer
    return found
