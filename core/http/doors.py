"""The one door to the network: all that Botsite fetches goes through here."""

from __future__ import annotations

import random
import time
from collections.abc import Collection, Mapping

from urllib3.exceptions import HTTPError

from core.http.budgets import Budgets, HostBudget, Traffic
from core.http.config import DoorConfig
from core.http.deadlines import Deadline
from core.http.dialing import Dialer, Resolve, resolve
from core.http.exchange import Answer, Ask, Exchanger
from core.http.failures import network_failure, status_failure
from core.http.guard import Guard
from core.http.mirrors import Hop
from core.http.origins import Url, parse_url
from core.http.outcomes import (
    RATE_LIMITED,
    SERVER_ERROR,
    TOO_MANY_REDIRECTS,
    TRUNCATED,
    UNREACHABLE,
    DoorError,
    door_error,
)
from core.http.responses import Response

DEADLINE = 20.0  # seconds
MAX_BYTES = 32 * 1024 * 1024
MAX_REDIRECTS = 5
RETRIES = 2
BACK_OFF = 0.25  # seconds before the first retry, doubled for the second
LONGEST_WAIT = 5.0  # seconds that a host may make a retry wait; beyond, the planner decides

_SUCCESS = range(200, 300)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORTH_A_RETRY = {kind.code for kind in (UNREACHABLE, TRUNCATED, SERVER_ERROR, RATE_LIMITED)}


class Door:
    """Fetches URLs under a configuration. Thread-safe: share one and keep it."""

    def __init__(self, config: DoorConfig, *, resolve: Resolve = resolve) -> None:
        """Raises OSError when the CA bundle cannot be read."""
        self._mirrors = config.mirrors
        self._guard = Guard(config.exempt)
        self._budgets = Budgets(config.host_limits)
        self._exchanger = Exchanger(config, Dialer(self._guard, resolve))

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """Fetch a URL.

        `deadline` is in seconds, over everything: waiting for a turn, connecting, redirects,
        retries, body. `max_bytes` bounds the body as sent and as unpacked. Headers beyond those of
        content negotiation go to the URL's own origin only. Raises `DoorError` for anything but an
        answer with one of `accept_statuses`.
        """
        return self._fetch("GET", url, headers, deadline, max_bytes, accept_statuses)

    def head(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = DEADLINE,
        accept_statuses: Collection[int] = _SUCCESS,
    ) -> Response:
        """`get()` without a body."""
        return self._fetch("HEAD", url, headers, deadline, MAX_BYTES, accept_statuses)

    def traffic(self) -> dict[str, Traffic]:
        """What this door asked of each host so far."""
        return self._budgets.traffic()

    def close(self) -> None:
        """Close the connections that are kept for later."""
        self._exchanger.close()

    def _fetch(
        self,
        method: str,
        text: str,
        headers: Mapping[str, str] | None,
        seconds: float,
        max_bytes: int,
        accept: Collection[int],
    ) -> Response:
        started = time.monotonic()
        url = parse_url(text)
        ask = Ask(method, url.origin, headers or {}, accept, max_bytes, Deadline(seconds))
        final, answer = self._follow(url, ask)
        elapsed = time.monotonic() - started
        return Response(text, str(final), answer.status, answer.headers, answer.body, elapsed)

    def _follow(self, url: Url, ask: Ask) -> tuple[Url, Answer]:
        """Ask a URL, then those it redirects to, each judged anew."""
        seen: set[Url] = set()
        while url not in seen and len(seen) <= MAX_REDIRECTS:
            seen.add(url)
            hop = self._mirrors.hop(url)
            answer = self._persist(hop, ask)
            if answer.status in ask.accept:
                return url, answer
            url = hop.redirected(answer.headers["location"])
        raise door_error(TOO_MANY_REDIRECTS, host=url.origin.host)

    def _persist(self, hop: Hop, ask: Ask) -> Answer:
        """Ask one URL, and again where that may help and there is time."""
        if not hop.named:
            self._guard.judge_name(hop.asked.origin)
        budget = self._budgets.of(hop.asked.origin)
        for attempt in range(RETRIES):
            try:
                return self._try(hop, ask, budget)
            except DoorError as error:
                pause = _pause(error, attempt)
                if pause is None or not ask.deadline.allows(pause):
                    raise
                time.sleep(pause)
        return self._try(hop, ask, budget)

    def _try(self, hop: Hop, ask: Ask, budget: HostBudget) -> Answer:
        """Ask once, in turn; the answer is one that the caller accepts, or a redirect."""
        try:
            with budget.turn(ask.deadline), budget.counted():
                answer = self._exchanger.exchange(hop, ask)
                _check(answer, ask, hop)
        except (OSError, HTTPError) as error:
            # Not `from error`: its text has the whole URL, and would go to the log with it.
            raise network_failure(error, hop.asked.origin.host) from None
        except DoorError as error:
            if error.outcome.code == RATE_LIMITED.code:
                budget.hold(error.retry_after or 0.0)
            raise
        return answer


def _check(answer: Answer, ask: Ask, hop: Hop) -> None:
    redirect = answer.status in _REDIRECTS and "location" in answer.headers
    if answer.status not in ask.accept and not redirect:
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
