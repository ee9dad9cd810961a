"""How requests connects for us: along the dialer, under our TLS context, and nothing else."""

from __future__ import annotations

import socket
import ssl
import time
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPResponse,
    HTTPSConnectionPool,
    PoolManager,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from core.http.deadlines import Deadline, TlsSocket
from core.http.dialing import Dialer
from core.http.origins import Origin

KEPT_HOSTS = 32  # with the few connections each that budgets allow, well below the open-files limit
KEPT_PER_HOST = 64  # a mirror may serve many hosts at once
MAX_IDLE = 30.0  # seconds; most servers close theirs a little later, some networks without a word


class GuardedAdapter(HTTPAdapter):
    """Sends one request at a time, without what a `requests.Session` would add to it: cookies,
    redirects and retries out of the guard's sight, and proxies and logins from the environment.

    Thread-safe.
    """

    def __init__(self, dialer: Dialer, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._pools = {
            "http": partial(GuardedPool, dialer=dialer),
            "https": partial(GuardedTlsPool, dialer=dialer),
        }
        super().__init__(pool_connections=KEPT_HOSTS, pool_maxsize=KEPT_PER_HOST)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)
        self._guard(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        manager = super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)
        return self._guard(manager)

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Nothing: the base class would add the authorities of requests to our context's own."""

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """Without reading cookies, which the base class does: a host can make that take minutes."""
        response = Response()
        response.request, response.url = req, cast(str, req.url)
        response.status_code, response.reason = resp.status, cast(str, resp.reason)
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        return response

    def _guard(self, manager: PoolManager) -> PoolManager:
        manager.pool_classes_by_scheme = self._pools  # type: ignore[assignment]  # only called
        return manager


class GuardedConnection(HTTPConnection):
    """A connection that the dialer opens."""

    scheme = "http"

    def __init__(self, *args: Any, dialer: Dialer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dialer = dialer
        self._used_at = 0.0

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3
        self._used_at = time.monotonic()
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        """Whether a kept connection can serve again."""
        return super().is_connected and time.monotonic() - self._used_at < MAX_IDLE

    def _new_conn(self) -> socket.socket:
        """With a proxy, host and port are the proxy's."""
        origin = Origin(self.scheme, self.host, self.port)
        deadline = Deadline(cast(float, self.timeout))
        try:
            return self._dialer.dial(origin, deadline, as_proxy=self.proxy is not None)
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error


class GuardedTlsConnection(GuardedConnection, HTTPSConnection):
    """The same over TLS."""

    scheme = "https"


class GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection


class GuardedTlsPool(HTTPSConnectionPool):
    ConnectionCls = GuardedTlsConnection


@cache  # reading a bundle takes longer than many a request
def tls_context(ca_bundle: str) -> ssl.SSLContext:
    """A context that trusts a file, or a directory, of certificates. Raises OSError."""
    is_directory = Path(ca_bundle).is_dir()
    context = ssl.create_default_context(
        cafile=None if is_directory else ca_bundle, capath=ca_bundle if is_directory else None
    )
    context.sslsocket_class = TlsSocket
    return context
