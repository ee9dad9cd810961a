"""How many threads a host has room for, before any is sent."""

from __future__ import annotations

from contextlib import ExitStack

from core.http.deadlines import Deadline
from core.http.limits import HostLimits
from core.http.origins import parse_origin
from core.http.outcomes import RATE_LIMITED, door_error
from core.http.turns import HostBudget, Reply, Span


def budget_of(in_flight: int, rate: float) -> HostBudget:
    origin = parse_origin("https://example.org")
    return HostBudget(origin, HostLimits(in_flight, rate), stir=lambda budget: None)


def limited(seconds: float) -> HostBudget:
    """One whose host asked for patience."""
    budget = budget_of(4, 1000)
    budget.failed(door_error(RATE_LIMITED, host="example.org", retry_after=seconds))
    return budget


def test_as_many_as_may_be_in_flight() -> None:
    budget = budget_of(3, 10_000)
    assert budget.room() == 3
    with ExitStack() as turns:
        for left in (2, 1, 0):
            turns.enter_context(budget.turn(Deadline(5)))
            assert budget.room() == left
    assert budget.room() == 3


def test_a_slow_host_has_room_for_one_and_then_for_none() -> None:
    budget = budget_of(8, 0.1)
    assert budget.room() == 1
    with budget.turn(Deadline(5)):
        pass
    assert budget.room() == 0


def test_where_a_keeper_lends_turns_one_asks_for_all() -> None:
    budget = budget_of(8, 1000)
    budget.govern(True)
    assert budget.room() == 1
    budget.receive(Reply(span=Span(starts_in=0.0, turns=600, slots=5)))
    assert budget.room() == 5


def test_nobody_is_sent_to_wait_for_the_end_of_a_pause() -> None:
    assert limited(5).room() == 0


def test_in_a_long_pause_all_are_told_at_once() -> None:
    assert limited(3600).room() == 4
