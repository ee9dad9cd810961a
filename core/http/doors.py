"""The one door to the network: all that Botsite fetches goes through here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace
from functools import wraps
from json import dumps
from typing import Any, Concatenate, Literal, ParamSpec

from urllib3.exceptions import HTTPError

from core.http.budgets import Budgets
from core.http.config import DoorConfig
from core.http.deadlines import Deadline
from core.http.dialing import Dialer, Resolve, resolve
from core.http.exchange import Answer, Ask, Exchanger, Reader
from core.http.failures import network_failure, status_failure
from core.http.flights import Flights
from core.http.guard import Guard
from core.http.limits import Traffic
from core.http.mirrors import Hop
from core.http.origins import Url, parse_url
from core.http.outcomes import (
    RATE_LIMITED,
    SERVER_ERROR,
    TIMEOUT,
    TOO_MANY_REDIRECTS,
    TRUNCATED,
    UNREACHABLE,
    DoorError,
    door_error,
)
from core.http.pages import Pages
from core.http.responses import Response
from core.http.turns import HostBudget

DEADLINE = 20.0  # seconds
MAX_BYTES = 32 * 1024 * 1024
MAX_REDIRECTS = 5
RETRIES = 2
BACK_OFF = 0.25  # seconds before the first retry, doubled for the second
FAIR_CHANCE = 2.0  # seconds; who has fewer left may find any host slow
LONGEST_WAIT = 5.0  # seconds that a host may make a retry wait; beyond, the planner decides

Sending = Literal["POST", "PUT", "PATCH", "DELETE"]

_SUCCESS = range(200, 300)
_NOT_MODIFIED = 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORTH_A_RETRY = {
    kind.code for kind in (UNREACHABLE, TRUNCATED, SERVER_ERROR, RATE_LIMITED, TIMEOUT)
}

Show = Callable[[Response | DoorError], None]
_Asked = ParamSpec("_Asked")


def _shown(
    fetch: Callable[Concatenate[Door, _Asked], Response],
) -> Callable[Concatenate[Door, _Asked], Response]:
    """What comes of a request is shown to the door's witness before anyone else."""

    @wraps(fetch)
    def fetch_and_show(door: Door, /, *args: _Asked.args, **values: _Asked.kwargs) -> Response:
        try:
            response = fetch(door, *args, **values)
        except DoorError as error:
            door.show(error)
            raise
        door.show(response)
        return response

    return fetch_and_show


class Door:
    """Fetches URLs under a configuration. Thread-safe: share one and keep it."""

    show: Show = staticmethod(lambda _answer: None)

    def __init__(self, config: DoorConfig, *, resolve: Resolve = resolve) -> None:
        """Raises OSError when the CA bundle cannot be read."""
        self._mirrors = config.mirrors
        self._guard = Guard(config.exempt)
        self._pages = Pages(config.pages_folder)
        self._flights = Flights()
        self.budgets = Budgets(config.host_limits)
        self._exchanger = Exchanger(config, Dialer(self._guard, resolve))

    def witnessed(self, show: Show) -> Door:
        """The same door, which shows each answer of `get()` and `head()`, or the error, before it
        hands it over; what `show` raises comes in its place."""
        door = copy(self)
        door.show = show
        return door

    @_shown
    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        accept_statuses: Collection[int] = _SUCCESS,
        fresh_for: float = 0.0,
    ) -> Response:
        """Fetch a URL.

        `deadline` is in seconds, over everything: waiting for a turn, connecting, redirects,
        retries, body. `max_bytes` bounds the body as sent and as unpacked. Headers beyond those of
        content negotiation go to the URL's own origin only.

        A page is kept where its host allows, and asked for only if it has changed; one confirmed
        less than `fresh_for` seconds ago is not asked for at all. Several threads that want the
        same make one request. Raises `DoorError` for anything but an answer with one of
        `accept_statuses`.
        """
        own = {name.title(): value for name, value in (headers or {}).items()}
        if own.keys() - {"Accept"} or accept_statuses is not _SUCCESS:
            return self._fetch(url, _ask("GET", url, own, deadline, max_bytes, accept_statuses))
        key = (url, own.get("Accept"), deadline, max_bytes, fresh_for)
        try:
            return self._flights.join(
                key, deadline, lambda: self._get_page(url, own, deadline, max_bytes, fresh_for)
            )
        except TimeoutError:
            raise door_error(TIMEOUT, host=parse_url(url).origin.host) from None

    @_shown
    def head(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """`get()` without a body."""
        return self._fetch(url, _ask("HEAD", url, headers, deadline, MAX_BYTES, accept_statuses))

    def stream(
        self,
        url: str,
        read: Reader,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """`get()` for what is too large to hold: `read` takes the body in pieces, as unpacked, and
        from the beginning again if the request is repeated. The response has none, and no page is
        kept."""
        ask = _ask("GET", url, headers, deadline, max_bytes, accept_statuses)
        return self._fetch(url, replace(ask, read=read))

    def post(
        self,
        url: str,
        *,
        json: Any,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """Send JSON, once: as nobody here knows what it does there, neither is a request repeated
        nor a redirect followed. Otherwise as `get()`."""
        return self.send(
            "POST",
            url,
            body=dumps(json).encode(),
            headers=headers,
            deadline=deadline,
            max_bytes=max_bytes,
            accept_statuses=accept_statuses,
        )

    def send(
        self,
        method: Sending,
        url: str,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """`post()` for any method and body; None sends no body."""
        ask = _ask(method, url, headers, deadline, max_bytes, accept_statuses)
        return self._fetch(url, replace(ask, body=body, content_type=content_type))

    def traffic(self) -> dict[str, Traffic]:
        """What this door asked of each host so far."""
        return self.budgets.traffic()

    def close(self) -> None:
        """Close the connections that are kept for later."""
        self._exchanger.close()

    def prune_pages(self, most_bytes: int) -> int:
        """Forget kept pages long unused, and the oldest beyond a size; returns how many."""
        return self._pages.prune(most_bytes)

    def _get_page(
        self, text: str, headers: Mapping[str, str], seconds: float, most: int, fresh_for: float
    ) -> Response:
        """By way of the pages that are kept."""
        started = time.monotonic()
        ask = _ask("GET", text, headers, seconds, most, _SUCCESS)
        key = f"{self._mirrors.hop(ask.url).sent}\n{ask.url}\n{headers.get('Accept', '')}"
        page, age = self._pages.find(key) or (None, 0.0)
        if page and page.body.limit > most:
            page = None
        if page and age < fresh_for:
            elapsed = time.monotonic() - started
            return Response(text, page.final_url, 200, page.headers, page.body, elapsed, True)
        response = self._fetch(text, replace(ask, page=page))
        if response.unchanged:
            self._pages.confirm(key)
        elif response.status == 200:
            self._pages.keep(key, response.final_url, response.headers, response.sent)
        return response

    def _fetch(self, text: str, ask: Ask) -> Response:
        started = time.monotonic()
        final, answer = self._follow(ask)
        elapsed = time.monotonic() - started
        kept = ask.page is not None and answer.body is ask.page.body
        return Response(text, str(final), answer.status, answer.headers, answer.body, elapsed, kept)

    def _follow(self, ask: Ask) -> tuple[Url, Answer]:
        """Ask a URL, then those it redirects to, each judged anew."""
        url, seen = ask.url, set[Url]()
        while url not in seen and len(seen) <= MAX_REDIRECTS:
            seen.add(url)
            hop = self._mirrors.hop(url)
            answer = self._persist(hop, ask)
            if answer.status == _NOT_MODIFIED and ask.page and ask.conditions(hop):
                return url, Answer(200, {**ask.page.headers, **answer.headers}, ask.page.body)
            if answer.status in ask.accept:
                return url, answer
            url = hop.redirected(answer.headers["location"])
        raise door_error(TOO_MANY_REDIRECTS, host=url.origin.host)

    def _persist(self, hop: Hop, ask: Ask) -> Answer:
        """Ask one URL, and again where that may help and there is time."""
        if not hop.named:
            self._guard.judge_name(hop.asked.origin)
        budget = self.budgets.of(hop.asked.origin)
        for attempt in range(0 if ask.once else RETRIES):
            try:
                return self._try(hop, ask if attempt else ask.bearing_less(), budget)
            except DoorError as error:
                pause = _pause(error, attempt)
                if pause is None or not ask.deadline.allows(pause):
                    raise
                time.sleep(pause)
        return self._try(hop, ask, budget)

    def _try(self, hop: Hop, ask: Ask, budget: HostBudget) -> Answer:
        """Ask once, in turn; the answer is one that the caller accepts, or a redirect."""
        with budget.turn(ask.deadline):
            has_a_chance = ask.deadline.allows(FAIR_CHANCE)
            try:
                with budget.counted():
                    answer = self._exchanged(hop, ask)
            except DoorError as error:
                if has_a_chance or error.outcome.code != TIMEOUT.code:
                    budget.failed(error)
                raise
            budget.answered()
            return answer

    def _exchanged(self, hop: Hop, ask: Ask) -> Answer:
        try:
            answer = self._exchanger.exchange(hop, ask)
        except (OSError, HTTPError) as error:
            # Not `from error`: its text has the whole URL, and would go to the log with it.
            raise network_failure(error, hop.asked.origin.host) from None
        _check(answer, ask, hop)
        return answer


def _ask(
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    seconds: float,
    max_bytes: int,
    accept: Collection[int],
) -> Ask:
    """Its deadline starts now."""
    return Ask(method, parse_url(url), headers or {}, accept, max_bytes, Deadline(seconds))


def _check(answer: Answer, ask: Ask, hop: Hop) -> None:
    redirect = answer.status in _REDIRECTS and "location" in answer.headers and not ask.once
    unchanged = answer.status == _NOT_MODIFIED and bool(ask.conditions(hop))
    if answer.status not in ask.accept and not redirect and not unchanged:
        raise status_failure(answer.status, answer.headers, hop.asked.origin.host)


def _pause(error: DoorError, attempt: int) -> float | None:
    """Seconds to wait before trying again, or None if that is no use now."""
    if error.outcome.code not in _WORTH_A_RETRY:
        return None
    jitter = random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards nothing
    if error.retry_after is not None:
        return error.retry_after + 0.1 * jitter if error.retry_after <= LONGEST_WAIT else None
    if error.outcome.code == RATE_LIMITED.code:
        return None
    return float(BACK_OFF * 2**attempt * jitter)
