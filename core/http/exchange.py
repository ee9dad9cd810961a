"""One request and its answer: which headers go where, over which connection, read how far."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse, RemoteDisconnected

import certifi

from core.http.bodies import ACCEPT_ENCODING, drain, read_body
from core.http.config import DoorConfig
from core.http.connections import GuardedConnection, KeptConnections, Route, tls_context
from core.http.credentials import may_carry_secrets
from core.http.deadlines import Deadline
from core.http.dialing import Dialer
from core.http.mirrors import Hop
from core.http.origins import Origin

# What a caller's headers may say to anyone; all else may be a secret.
_HARMLESS = frozenset(
    {"Accept", "Accept-Language", "If-Modified-Since", "If-None-Match", "If-Range", "Range"}
)
_HUNG_UP = (RemoteDisconnected, BrokenPipeError, ConnectionResetError)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller wants, the same over all redirects and retries. `origin` is that of the URL
    it named, `headers` are its own, `accept` the statuses whose body it wants."""

    method: str
    origin: Origin
    headers: Mapping[str, str]
    accept: Collection[int]
    max_bytes: int
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Answer:
    """What one host said. `body` is empty for a status that the caller does not accept."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchanger:
    """Sends requests where they belong. Thread-safe."""

    def __init__(self, config: DoorConfig, dialer: Dialer) -> None:
        """Raises OSError when the CA bundle cannot be read."""
        self._config = config
        self._kept = KeptConnections(dialer, tls_context(config.ca_bundle or certifi.where()))

    def exchange(self, hop: Hop, ask: Ask) -> Answer:
        """Raises `DoorError`, OSError, `http.client.HTTPException`."""
        connection, response = self._open(hop, ask)
        try:
            answer, complete = _read(response, ask, hop.asked.origin.host)
        except BaseException:
            connection.close()
            raise
        finally:
            response.close()
        if complete:
            self._kept.keep(connection)
        else:
            connection.close()
        return answer

    def close(self) -> None:
        self._kept.close()

    def _open(self, hop: Hop, ask: Ask) -> tuple[GuardedConnection, HTTPResponse]:
        """Send the request; where a kept connection was hung up just now, on a new one."""
        origin = hop.sent.origin
        route = Route(origin, self._config.proxies.choose(origin))
        request = ask.method, hop.sent.target, self._headers(origin, ask), ask.deadline
        if (kept := self._kept.take(route)) is not None:
            try:
                return kept, kept.open(*request)
            except _HUNG_UP:
                pass  # a host may end an idle connection at any time; that is no failure
        connection = self._kept.new(route)
        return connection, connection.open(*request)

    def _headers(self, origin: Origin, ask: Ask) -> dict[str, str]:
        """Headers for a request to `origin`: the caller's own only if it asked that very origin."""
        own = origin == ask.origin and may_carry_secrets(origin)
        theirs = {name.title(): value for name, value in ask.headers.items()}
        sent = {name: value for name, value in theirs.items() if own or name in _HARMLESS}
        secrets = self._config.credentials.headers_for(origin)
        ours = {"User-Agent": self._config.user_agent, "Accept-Encoding": ACCEPT_ENCODING}
        return {"Accept": "*/*"} | secrets | sent | ours


def _read(response: HTTPResponse, ask: Ask, host: str) -> tuple[Answer, bool]:
    """The answer, and whether the connection is ready for another request."""
    headers = _joined(response.getheaders())
    if ask.method == "HEAD":
        return Answer(response.status, headers, b""), True
    if response.status not in ask.accept:
        return Answer(response.status, headers, b""), drain(response)
    body = read_body(response, limit=ask.max_bytes, host=host)
    return Answer(response.status, headers, body), True


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Headers by name in lower case, repeated ones joined by commas."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
