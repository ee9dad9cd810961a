"""One request and its answer: which headers go where, through which proxy, read how far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from core.http.bodies import ACCEPT_ENCODING, NOTHING, Body, drain, pieces, read_body
from core.http.config import DoorConfig
from core.http.connections import GuardedAdapter, tls_context
from core.http.credentials import may_carry_secrets
from core.http.deadlines import Deadline
from core.http.dialing import Dialer
from core.http.mirrors import Hop
from core.http.origins import Origin, Url
from core.http.pages import Page

# What a caller's headers may say to anyone; all else may be a secret.
_HARMLESS = frozenset(
    {
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "If-Modified-Since",
        "If-None-Match",
        "If-Range",
        "Range",
    }
)

Reader = Callable[[Iterator[bytes]], None]
SILENCE = 7.0  # seconds after which a host that said nothing is asked once more, and
SILENT_SHARE = 0.4  # of the time that is left, if that is less; but not within
LEAST_SILENCE = 1.0  # seconds, in which any host may fall silent
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller wants, the same over all redirects and retries. `url` is the one it named,
    `headers` are its own, `accept` the statuses whose body it wants; `body` is what to send, of
    that `content_type`, or None; `page` is what was kept from last time; `read` takes the body in
    pieces, where the answer is to have none."""

    method: str
    url: Url
    headers: Mapping[str, str]
    accept: Collection[int]
    max_bytes: int
    deadline: Deadline
    body: bytes | None = None
    content_type: str = ""
    page: Page | None = None
    read: Reader | None = None

    def conditions(self, hop: Hop) -> dict[str, str]:
        """For the very URL that sent the kept page: elsewhere, its validators mean nothing."""
        if self.page and self.page.final_url == str(hop.asked):
            return self.page.conditions
        return {}

    def bearing_less(self) -> Ask:
        """The same, but a host that says nothing for a while has answered that way."""
        silence = min(SILENCE, SILENT_SHARE * self.deadline.remaining)
        if silence < LEAST_SILENCE:
            return self
        return replace(self, deadline=self.deadline.bearing(silence))

    @property
    def once(self) -> bool:
        """What is sent may have an effect, so it goes to one place one time."""
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one host said. Names in `headers` are lower case, repeated ones joined by commas;
    `body` is empty for a status that the caller does not accept."""

    status: int
    headers: Mapping[str, str]
    body: Body


class Exchanger:
    """Sends requests where they belong. Thread-safe."""

    def __init__(self, config: DoorConfig, dialer: Dialer) -> None:
        """Raises OSError when the CA bundle cannot be read; a configuration has tried that."""
        self._config = config
        self._adapter = GuardedAdapter(
            dialer, tls_context(config.ca_bundle or DEFAULT_CA_BUNDLE_PATH)
        )

    def exchange(self, hop: Hop, ask: Ask) -> Answer:
        """Raises `DoorError`, OSError (with those of requests) and
        `urllib3.exceptions.HTTPError`."""
        origin = hop.sent.origin
        proxy = self._config.proxies.choose(origin)
        headers = self._headers(origin, ask) | ask.conditions(hop)
        request = requests.Request(ask.method, str(hop.sent), headers, data=ask.body)
        response = self._adapter.send(
            request.prepare(),
            stream=True,
            timeout=ask.deadline,  # type: ignore[arg-type]  # the stubs know only numbers
            proxies={origin.scheme: proxy} if proxy else None,
        )
        with closing(response):
            return _read(response, ask, hop.asked.origin.host)

    def close(self) -> None:
        self._adapter.close()

    def _headers(self, origin: Origin, ask: Ask) -> dict[str, str]:
        """Headers for a request to `origin`: the caller's own only if it asked that very origin."""
        own = origin == ask.url.origin and may_carry_secrets(origin)
        theirs = {name.title(): value for name, value in ask.headers.items()}
        sent = {name: value for name, value in theirs.items() if own or name in _HARMLESS}
        secrets = self._config.credentials.headers_for(origin)
        usual = {"Accept": "*/*", "Accept-Encoding": ACCEPT_ENCODING}
        ours = {"User-Agent": self._config.user_agent}
        if ask.body is not None:
            ours["Content-Type"] = ask.content_type
        return usual | secrets | sent | ours


def _read(response: requests.Response, ask: Ask, host: str) -> Answer:
    status = response.status_code
    headers = {name.lower(): value for name, value in response.headers.items()}
    if ask.read and status in ask.accept and status != _NOT_MODIFIED:
        ask.read(pieces(response, limit=ask.max_bytes, host=host))
        return Answer(status, headers, NOTHING)
    if status in ask.accept:
        return Answer(status, headers, read_body(response, limit=ask.max_bytes, host=host))
    drain(response)
    return Answer(status, headers, NOTHING)
