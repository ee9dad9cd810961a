"""Connections to hosts, made by the dialer and kept for the next request."""

from __future__ import annotations

import select
import ssl
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import cast

from core.http.deadlines import Deadline, PlainSocket, TlsSocket
from core.http.dialing import Dialer
from core.http.origins import DEFAULT_PORTS, Origin
from core.http.outcomes import PROXY, door_error
from core.http.proxies import Proxy

MAX_KEPT = 256  # connections over all hosts, well below the usual limit of open files
MAX_IDLE = 30.0  # seconds; most servers close theirs a little later


@dataclass(frozen=True, slots=True)
class Route:
    """What a connection leads to."""

    origin: Origin
    proxy: Proxy | None = None


class GuardedConnection(HTTPConnection):
    """One connection along a route. `open()` sets the deadline for all that follows."""

    sock: PlainSocket | TlsSocket | None

    def __init__(self, route: Route, dialer: Dialer, tls: ssl.SSLContext) -> None:
        super().__init__(route.origin.host, route.origin.port)
        self.default_port = DEFAULT_PORTS[route.origin.scheme]
        self.route = route
        self.idle_since = 0.0
        self.deadline = Deadline(0)
        self._dialer = dialer
        self._tls = tls

    def open(
        self, method: str, target: str, headers: Mapping[str, str], deadline: Deadline
    ) -> HTTPResponse:
        """Send a request and read the head of its answer.

        Raises `DoorError`, OSError, `http.client.HTTPException`.
        """
        try:
            return self._open(method, target, headers, deadline)
        except BaseException:
            self.close()
            raise

    def _open(
        self, method: str, target: str, headers: Mapping[str, str], deadline: Deadline
    ) -> HTTPResponse:
        self.deadline = deadline
        sock = self.sock = self.sock or self._connected()
        sock.deadline = deadline
        sock.settimeout(deadline.left())
        proxy = self.route.proxy
        if proxy and self.route.origin.scheme == "http":
            target, headers = f"{self.route.origin}{target}", {**headers, **proxy.headers}
        self.request(method, target, headers=dict(headers))
        return self.getresponse()

    def connect(self) -> None:
        """Where the base class would connect by itself, it must not pass the guard by."""
        self.sock = self._connected()

    def _connected(self) -> PlainSocket | TlsSocket:
        sock = self._dialed()
        try:
            return self._secured(sock) if self.route.origin.scheme == "https" else sock
        except BaseException:
            sock.close()
            raise

    def _dialed(self) -> PlainSocket:
        if (proxy := self.route.proxy) is None:
            return self._dialer.dial(self.route.origin, self.deadline)
        try:
            return self._dialer.dial(proxy.origin, self.deadline, as_proxy=True)
        except OSError as error:
            reason = "the proxy itself cannot be reached"
            raise door_error(PROXY, host=self.route.origin.host, reason=reason) from error

    def _secured(self, sock: PlainSocket) -> TlsSocket:
        if self.route.proxy:
            _tunnel(sock, self.route.origin, self.route.proxy)
        sock.settimeout(self.deadline.left())
        secured = self._tls.wrap_socket(sock, server_hostname=self.route.origin.host)
        return cast(TlsSocket, secured)  # tls_context() has arranged it

    @property
    def usable(self) -> bool:
        """Whether a kept connection can serve again: young, and with nothing to read, not even the
        end that the host sends when it hangs up."""
        if self.sock is None or time.monotonic() - self.idle_since > MAX_IDLE:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)


class KeptConnections:
    """Idle connections by route, the newest first in use; the oldest go when there are too many.

    Thread-safe.
    """

    def __init__(self, dialer: Dialer, tls: ssl.SSLContext) -> None:
        self._dialer = dialer
        self._tls = tls
        self._lock = threading.Lock()
        self._by_route: dict[Route, deque[GuardedConnection]] = {}
        self._by_age: OrderedDict[GuardedConnection, None] = OrderedDict()

    def take(self, route: Route) -> GuardedConnection | None:
        """An open connection along the route, if one was kept."""
        while (kept := self._newest(route)) is not None:
            if kept.usable:
                return kept
            kept.close()
        return None

    def new(self, route: Route) -> GuardedConnection:
        """A connection along the route that is not open yet."""
        return GuardedConnection(route, self._dialer, self._tls)

    def keep(self, connection: GuardedConnection) -> None:
        """Take back a connection whose last answer was read to its end."""
        if connection.sock is None:
            return
        connection.idle_since = time.monotonic()
        with self._lock:
            self._by_route.setdefault(connection.route, deque()).append(connection)
            self._by_age[connection] = None
            spare = self._oldest() if len(self._by_age) > MAX_KEPT else None
        if spare:
            spare.close()

    def close(self) -> None:
        """Close all that are kept now."""
        with self._lock:
            kept = list(self._by_age)
            self._by_age.clear()
            self._by_route.clear()
        for connection in kept:
            connection.close()

    def _newest(self, route: Route) -> GuardedConnection | None:
        with self._lock:
            kept = self._by_route.get(route)
            connection = kept[-1] if kept else None
            if connection:
                self._forget(connection)
            return connection

    def _oldest(self) -> GuardedConnection:
        connection = next(iter(self._by_age))
        self._forget(connection)
        return connection

    def _forget(self, connection: GuardedConnection) -> None:
        """Take out the newest or the oldest of its route, and the route with its last one."""
        del self._by_age[connection]
        of_route = self._by_route[connection.route]
        of_route.remove(connection)
        if not of_route:
            del self._by_route[connection.route]


@cache  # reading a bundle takes longer than many a request
def tls_context(ca_bundle: str) -> ssl.SSLContext:
    """A context that trusts a file, or a directory, of certificates. Raises OSError."""
    is_directory = Path(ca_bundle).is_dir()
    context = ssl.create_default_context(
        cafile=None if is_directory else ca_bundle, capath=ca_bundle if is_directory else None
    )
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = TlsSocket
    return context


def _tunnel(sock: PlainSocket, origin: Origin, proxy: Proxy) -> None:
    """Ask the proxy for a tunnel to `origin`. Raises `DoorError` (`http.proxy`)."""
    netloc = f"[{origin.host}]" if ":" in origin.host else origin.host
    lines = [f"CONNECT {netloc}:{origin.port} HTTP/1.1", f"Host: {netloc}:{origin.port}"]
    lines += [f"{name}: {value}" for name, value in proxy.headers.items()]
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = HTTPResponse(sock, method="CONNECT")
    try:
        answer.begin()
        if answer.status != 200:
            reason = f"it answered {answer.status}"
            raise door_error(PROXY, host=origin.host, status=answer.status, reason=reason)
    finally:
        answer.close()
