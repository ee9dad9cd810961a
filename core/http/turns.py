"""The turns of one host: so many requests at once, evenly spaced.

Alone, a process spaces its own requests. Where a keeper serves several processes (`core.hosts`), a
turn also needs a span: a stretch of time in which the keeper lent this process some turns. The
turns of all spans together are no more than the host's rate allows.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from core.http.deadlines import Deadline
from core.http.limits import HostLimits, Traffic
from core.http.origins import Origin
from core.http.outcomes import (
    BAD_BODY,
    BUSY,
    LEFT_ALONE,
    NOT_HTTP,
    RATE_LIMITED,
    SERVER_ERROR,
    TIMEOUT,
    TLS,
    TOO_LARGE,
    TRUNCATED,
    UNKNOWN_HOST,
    UNREACHABLE,
    DoorError,
    door_error,
)

CATCH_UP = 0.05  # seconds that a late waker may make good; the rate over a second still holds
USUAL_DEADLINE = 20.0  # seconds that a request has
SOON = 0.05  # seconds ahead that a turn may be for a thread to be sent for it
LONGEST_PAUSE = 24 * 3600.0  # seconds, whatever a host asks for
USUAL_PAUSE = 60.0  # seconds, for a host that asks for patience without saying how much
ASKED_FOR_PATIENCE = "it asked us to wait"
PATIENCE = 0.25  # seconds before a keeper that had nothing to lend is asked again
WORTH_TELLING = 2  # failures in a row before a keeper should look; one may be an accident
MOST_UNTOLD = 4  # failures in a row before a keeper has to say whether to go on
HEARSAY = 1.0  # seconds after which a keeper is asked whether a pause still holds

_HOST_FAILURES = frozenset(
    kind.code
    for kind in (UNREACHABLE, UNKNOWN_HOST, TIMEOUT, TLS, NOT_HTTP, TRUNCATED, SERVER_ERROR)
)
_ANSWERS = frozenset({TOO_LARGE.code, BAD_BODY.code})


@dataclass(frozen=True, slots=True)
class Span:
    """What this process may ask: `turns` requests, the first in `starts_in` seconds, evenly spaced
    at its `share` of the host's rate, and `slots` at once. `troubled` says that whoever lent it
    waits to hear how the host is."""

    starts_in: float
    turns: int
    slots: int
    share: float = 1.0
    troubled: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """The host is not to be asked for so many seconds, because of the reason."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a keeper says to a budget: whether to leave the host alone, and what is lent."""

    pause: Pause | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What was learned of a host since news was last taken: whether it answered, how often it
    failed after that, and how; and for how many seconds it asked to be left alone."""

    answered: bool = False
    failures: int = 0
    error: str = ""
    pause: float = 0.0


class HostBudget:
    """The turns of one origin. Thread-safe.

    `stir` is called when a keeper should look: a span is wanted, or there is news.
    """

    def __init__(
        self, origin: Origin, limits: HostLimits, stir: Callable[[HostBudget], None]
    ) -> None:
        self.origin = origin
        self.limits = limits
        self._stir = stir
        self._spacing = 1.0 / limits.rate
        self._changed = threading.Condition()
        self._slots = limits.in_flight
        self._in_flight = 0
        self._asking = 0
        self._governed = False
        self._next_at = 0.0
        self._left: float = math.inf  # turns of the span; without a keeper it is endless
        self._used = 0
        self._ends_at = math.inf
        self._paused_at = self._paused_until = 0.0
        self._paused_why = ""
        self._patient_until = 0.0
        self._troubled = False
        self._news = News()
        self._traffic = Traffic()

    @property
    def traffic(self) -> Traffic:
        return self._traffic

    @contextmanager
    def turn(self, deadline: Deadline) -> Iterator[None]:
        """Wait for a turn and take it.

        Raises `DoorError`: `http.busy` when none comes before the deadline, `http.left_alone` when
        the host is not to be asked before then.
        """
        wait = self._take(deadline)
        try:
            time.sleep(wait)
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()

    def _take(self, deadline: Deadline) -> float:
        """Seconds until the turn that is now the caller's."""
        with self._changed:
            self._asking += 1
            try:
                while (wait := self._offer(deadline)) is None:
                    if not self._changed.wait(deadline.at - time.monotonic()):
                        raise door_error(BUSY, host=self.origin.host)
            except DoorError:
                self._changed.notify()  # the wake-up that came to nothing is someone else's
                raise
            finally:
                self._asking -= 1
            return wait

    def _offer(self, deadline: Deadline) -> float | None:
        """Take the next turn, if there is one to take."""
        now = time.monotonic()
        if self._governed and self._is_doubtful(now):
            self._stir(self)
            return None
        if self._paused_until > now:
            self._refuse_in_pause(deadline, now)
        if self._in_flight >= self._slots:
            return None
        at = max(self._next_at, self._paused_until, now - CATCH_UP)
        if self._left <= 0 or at >= self._ends_at:
            self._left = 0
            self._stir(self)
            return None
        if not deadline.allows(at - now):
            raise door_error(BUSY, host=self.origin.host)
        self._next_at = at + self._spacing
        self._left -= 1
        self._used += 1
        self._in_flight += 1
        return max(0.0, at - now)

    def _is_doubtful(self, now: float) -> bool:
        """Whether the keeper may know more: of a pause that was ended, of failures elsewhere."""
        hearsay = self._paused_until > now and now - self._paused_at > HEARSAY
        return hearsay or self._news.failures >= MOST_UNTOLD

    def _refuse_in_pause(self, deadline: Deadline, now: float) -> None:
        left = self._paused_until - now
        if not deadline.allows(left):
            raise door_error(
                LEFT_ALONE, host=self.origin.host, reason=self._paused_why, retry_after=left
            )

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Add what happens inside to the traffic; an exception makes it a failure."""
        started = time.monotonic()
        failed = 1
        try:
            yield
            failed = 0
        finally:
            spent = time.monotonic() - started
            with self._changed:
                self._traffic += Traffic(1, failed, spent)

    def room(self) -> int:
        """How many requests could start now without keeping a thread waiting: one where only asking
        tells; none in a pause, but for one so long that who asks is told at once."""
        with self._changed:
            now = time.monotonic()
            free = max(0, self._slots - self._in_flight - self._asking)
            if self._paused_until > now:
                return self._slots if self._paused_until - now > USUAL_DEADLINE else 0
            if self._left <= 0 or now >= self._ends_at:
                return 0 if self._asking else min(1, free)
            ahead = now + SOON - max(self._next_at, now - CATCH_UP)
            turns = math.floor(ahead / self._spacing) + 1 if ahead >= 0 else 0
            return int(max(0, min(free, turns - self._asking, self._left)))

    # How the host is

    def answered(self) -> None:
        """It is alive, whatever it said."""
        with self._changed:
            self._news = replace(self._news, answered=True, failures=0, error="")
            if self._troubled:
                self._troubled = False
                self._stir(self)

    def failed(self, error: DoorError) -> None:
        """It did not give the answer that was asked for; what that says of it, `error` tells."""
        if error.retry_after is not None:
            self._heed(error.retry_after)
        elif error.outcome.code == RATE_LIMITED.code:
            self._heed(USUAL_PAUSE)
        if error.outcome.code in _HOST_FAILURES:
            self._count(error.outcome.message)
        elif error.status is not None or error.outcome.code in _ANSWERS:
            self.answered()

    def _heed(self, seconds: float) -> None:
        seconds = min(seconds, LONGEST_PAUSE)
        with self._changed:
            self._pause(Pause(seconds, ASKED_FOR_PATIENCE))
            self._news = replace(self._news, pause=max(self._news.pause, seconds))
            self._stir(self)

    def _count(self, error: str) -> None:
        with self._changed:
            self._news = replace(self._news, failures=self._news.failures + 1, error=error)
            if self._troubled or self._news.failures >= WORTH_TELLING:
                self._troubled = True
                self._stir(self)

    # What a keeper does

    @property
    def is_ready(self) -> bool:
        """Whether the keeper should look now."""
        return time.monotonic() >= self._patient_until

    def govern(self, governed: bool) -> None:
        """Whether turns need a span from now on."""
        with self._changed:
            self._governed = governed
            self._left = 0 if governed else math.inf
            self._used = 0
            self._ends_at = math.inf
            self._spacing = 1.0 / self.limits.rate
            self._slots = self.limits.in_flight
            self._changed.notify_all()

    @property
    def has_news(self) -> bool:
        with self._changed:
            return self._news != News()

    def take_news(self) -> News:
        with self._changed:
            news, self._news = self._news, News()
            return news

    def wanted(self) -> int:
        """How many turns are wanted and not lent, 0 for none: those asked for, or twice what the
        last span was used for, so that spans of a busy host soon grow long."""
        with self._changed:
            return self._wanted()

    def _wanted(self) -> int:
        in_span = self._left > 0 and time.monotonic() < self._ends_at
        return 0 if in_span or not self._asking else max(self._asking, 2 * self._used)

    def receive(self, reply: Reply) -> None:
        """What the keeper answers. It knows better than this process what pauses there are, except
        for one that it was not yet told of."""
        with self._changed:
            if not self._news.pause:
                self._paused_until = 0.0
            if reply.span:
                self._use(reply.span)
            elif self._wanted():
                self._patient_until = time.monotonic() + PATIENCE
            if reply.pause:
                self._pause(reply.pause)
            self._changed.notify_all()  # those who get nothing stir again

    def _pause(self, pause: Pause) -> None:
        """Nobody gets a turn before that is over; who can't wait so long learns it at once."""
        self._paused_at = time.monotonic()
        until = self._paused_at + pause.seconds
        if until > self._paused_until:
            self._paused_until, self._paused_why = until, pause.reason
            self._changed.notify_all()

    def _use(self, span: Span) -> None:
        start = time.monotonic() + span.starts_in
        self._spacing = 1.0 / (self.limits.rate * span.share)
        self._next_at = max(self._next_at, start)
        self._ends_at = start + span.turns * self._spacing
        self._left = span.turns
        self._used = 0
        self._slots = span.slots
        self._troubled = self._troubled or span.troubled
