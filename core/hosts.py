"""The hosts we ask, as all workers see them: whose time it is, who asked for patience, who is down.

Look-ups run in threads that never touch the database. They ask their door for turns, and the thread
that leads them calls `Books.settle()` several times a second: it takes the news of the door's
budgets into the rows of hosts, and lends spans of time in return. A row is locked while it is read
and written, for a millisecond or so, and a span lasts up to a second: so workers on all machines
obey one limit, and a worker that dies holds nothing for long. Workers that are busy with a host at
the same time ask it side by side, each at its share of the rate; were they to take turns, requests
that a slow host holds up would count against each of them all the time.

The circuit of a host opens when it fails so often in a row that asking is of no use; after a pause
one worker sends one request to see, and what comes of that closes or opens it again.
"""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from core import overrides
from core.http import Door
from core.http.turns import ASKED_FOR_PATIENCE, HostBudget, News, Pause, Reply, Span
from core.models import Circuit, HostState
from core.overrides import Person

LONGEST_SPAN = 1.0  # seconds
SHORTEST_SPAN = 0.1  # seconds
LONGEST_WAIT = 5.0  # seconds ahead that a span is lent; beyond, who wants one asks again
PROBE_SPAN = 30.0  # seconds, more than a request may take
HOLDING = 10.0  # seconds after its span that a worker counts among those with requests under way
LATELY = 0.5  # seconds after its span that it counts among those who ask
FAILURES_TO_OPEN = 8
FIRST_PAUSE = timedelta(minutes=1)  # doubled with each opening in a row
LONGEST_PAUSE = timedelta(minutes=15)

WRITTEN = [
    "in_flight",
    "rate",
    "lent_until",
    "holders",
    "circuit",
    "failures",
    "openings",
    "blocked_until",
    "reason",
    "last_error",
    "last_error_at",
    "updated_at",
]


class Books:
    """The dealings of one door with the hosts; for one thread."""

    def __init__(self, door: Door) -> None:
        self._budgets = door.budgets
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{id(door):x}"

    def settle(self) -> None:
        """Write down what is new, and lend what is wanted. Without either, it does nothing. When
        the database fails, those that wait are looked at next time."""
        if not (stirred := self._budgets.stirred()):
            return
        try:
            with transaction.atomic():
                rows = _locked(stirred)
                replies = [(each, self._settle(each, rows[str(each.origin)])) for each in stirred]
        except DatabaseError:
            self._budgets.stir_again(stirred)
            raise
        for budget, reply in replies:
            budget.receive(reply)

    def _settle(self, budget: HostBudget, row: HostState) -> Reply:
        now = timezone.now()
        news = budget.take_news()
        row.in_flight, row.rate = budget.limits.in_flight, budget.limits.rate
        hear(row, news, now)
        reply = answer(row, self._worker, budget.wanted(), now)
        if reply.span or news != News():
            row.updated_at = now
            row.save(update_fields=WRITTEN)
        return reply


@contextmanager
def kept_books(door: Door) -> Iterator[Books]:
    """While this lasts, the door's requests need spans, lent at each `settle()` of the caller."""
    books = Books(door)
    with door.budgets.kept():
        yield books
        door.budgets.stir_all()
        books.settle()


def _locked(budgets: Iterable[HostBudget]) -> dict[str, HostState]:
    """The rows of hosts, always locked in the same order, so that no two workers wait for each
    other."""
    limits = {str(each.origin): each.limits for each in budgets}
    found = _by_origin(limits)
    if new := sorted(limits.keys() - found.keys()):
        rows = [
            HostState(origin=each, in_flight=limits[each].in_flight, rate=limits[each].rate)
            for each in new
        ]
        HostState.objects.bulk_create(rows, ignore_conflicts=True)
        found = _by_origin(limits)
    return found


def _by_origin(origins: Iterable[str]) -> dict[str, HostState]:
    rows = HostState.objects.select_for_update().filter(origin__in=list(origins)).order_by("origin")
    return {row.origin: row for row in rows}


# The rules


def hear(row: HostState, news: News, now: datetime) -> None:
    """Take a worker's news of a host into its row."""
    if news.answered:
        row.failures = 0
        if row.circuit != Circuit.CLOSED:
            row.unblock(now)
    if news.failures:
        row.failures += news.failures
        row.last_error, row.last_error_at = news.error[:300], now
        _consider_opening(row, now)
    if news.pause:
        row.block(now + timedelta(seconds=news.pause), ASKED_FOR_PATIENCE)


def _consider_opening(row: HostState, now: datetime) -> None:
    """News of failures that were under way when the circuit opened changes nothing more."""
    tired = row.circuit == Circuit.CLOSED and row.failures >= FAILURES_TO_OPEN
    if not tired and row.circuit != Circuit.HALF_OPEN:
        return
    pause = min(FIRST_PAUSE * 2 ** min(row.openings, 10), LONGEST_PAUSE)
    row.circuit = Circuit.OPEN
    row.openings += 1
    row.block(now + pause, f"it failed {row.failures} times in a row")


def answer(row: HostState, worker: str, turns: int, now: datetime) -> Reply:
    """What a worker that wants so many turns is told."""
    if row.is_blocked(now) and row.blocked_until:
        return Reply(pause=Pause((row.blocked_until - now).total_seconds(), row.reason))
    return Reply(span=_lend(row, worker, turns, now) if turns else None)


def _lend(row: HostState, worker: str, turns: int, now: datetime) -> Span | None:
    """The next span that is free, unless that is too far ahead."""
    if row.circuit == Circuit.OPEN:
        row.circuit = Circuit.HALF_OPEN
        row.lent_until = min(row.lent_until, now)
    probing = row.circuit == Circuit.HALF_OPEN
    starts_in = max(0.0, (row.lent_until - now).total_seconds())
    if starts_in > (0 if probing else LONGEST_WAIT):
        return None
    share = 1.0 if probing else 1 / _busy(row, worker, now.timestamp())
    turns = 1 if probing else _fitting(turns, row.rate * share)
    seconds = PROBE_SPAN if probing else turns / row.rate
    row.lent_until = now + timedelta(seconds=starts_in + seconds)
    slots = _slots(row, worker, now.timestamp(), starts_in + seconds / share + HOLDING)
    return Span(starts_in, turns, slots, share, troubled=row.failures > 0 or probing)


def _fitting(turns: int, rate: float) -> int:
    """No fewer turns than fill the shortest span, no more than fill the longest; at least one."""
    fewest, most = math.ceil(SHORTEST_SPAN * rate), math.floor(LONGEST_SPAN * rate)
    return max(1, min(max(turns, fewest), most))


def _busy(row: HostState, worker: str, now: float) -> int:
    """How many workers ask the host at this time, this one included."""
    since = now + HOLDING - LATELY
    others = [name for name, until in row.holders.items() if name != worker and until > since]
    return 1 + len(others)


def _slots(row: HostState, worker: str, now: float, seconds: float) -> int:
    """This worker's share of the requests at once."""
    live = {name: until for name, until in row.holders.items() if until > now}
    row.holders = {**live, worker: now + seconds}
    return max(1, row.in_flight // len(row.holders))


# What others ask


def blocked(now: datetime) -> set[str]:
    """The hosts that are left alone at this moment, as in a URL."""
    return {row.host for row in HostState.objects.blocked(now).only("origin")}


def unblock(row: HostState, *, by: Person, reason: str = "") -> bool:
    """Ask a host again at once, because a person says so. False if nothing held it back."""
    with transaction.atomic():
        row = HostState.objects.select_for_update().get(pk=row.pk)
        if row.circuit == Circuit.CLOSED and not row.is_blocked():
            return False
        value = {"circuit": row.circuit, "reason": row.reason}
        overrides.decide("unblock", f"host:{row.host}", by=by, reason=reason, value=value)
        row.unblock(timezone.now())
        row.save(update_fields=WRITTEN)
    return True


# What apps know of hosts


@dataclass(frozen=True, slots=True)
class Figures:
    """Of late: requests, those without a usable answer, seconds of all together. Now: packages
    that are looked up there first, and those of them that are due."""

    requests: int = 0
    failures: int = 0
    seconds: float = 0.0
    packages: int = 0
    due: int = 0

    @property
    def mean_s(self) -> float | None:
        return self.seconds / self.requests if self.requests else None

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.requests + other.requests,
            self.failures + other.failures,
            self.seconds + other.seconds,
            self.packages + other.packages,
            self.due + other.due,
        )


Teller = Callable[[], dict[str, Figures]]
_tellers: list[Teller] = []


def tells_of_hosts(teller: Teller) -> Teller:
    """Register a function that knows figures of hosts, by host as in a URL."""
    _tellers.append(teller)
    return teller


@dataclass(frozen=True, slots=True)
class Listed:
    """A host for the page of hosts."""

    row: HostState
    figures: Figures
    is_blocked: bool

    @property
    def is_held_back(self) -> bool:
        return self.is_blocked or self.row.circuit != Circuit.CLOSED


def listed(query: str = "") -> list[Listed]:
    """The hosts asked so far whose origin holds a text: those held back first, then the busiest."""
    now, known = timezone.now(), figures()
    rows = HostState.objects.filter(origin__icontains=query)
    found = [Listed(row, known.get(row.host, Figures()), row.is_blocked(now)) for row in rows]

    def order(each: Listed) -> tuple[bool, int, int, str]:
        figures = each.figures
        return not each.is_held_back, -figures.requests, -figures.packages, each.row.origin

    return sorted(found, key=order)


def figures() -> dict[str, Figures]:
    """What all installed apps know, by host."""
    total: dict[str, Figures] = {}
    for teller in _tellers:
        for host, each in teller().items():
            total[host] = total.get(host, Figures()) + each
    return total
