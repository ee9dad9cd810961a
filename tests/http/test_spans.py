"""Where a keeper serves several workers, a turn needs a span that it lent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from core.http import DoorError, HostLimits
from core.http.budgets import Budgets
from core.http.deadlines import Deadline
from core.http.origins import parse_origin
from core.http.outcomes import BUSY, NOT_FOUND, RATE_LIMITED, SERVER_ERROR, UNREACHABLE, door_error
from core.http.turns import CATCH_UP, MOST_UNTOLD, HostBudget, News, Pause, Reply, Span
from core.outcomes import OutcomeKind

ORIGIN = parse_origin("https://example.org")


@pytest.fixture
def budgets() -> Iterator[Budgets]:
    budgets = Budgets({ORIGIN: HostLimits(in_flight=4, rate=100)})
    with budgets.kept():
        yield budgets


@pytest.fixture
def budget(budgets: Budgets) -> HostBudget:
    return budgets.of(ORIGIN)


def take_turns(budget: HostBudget, count: int, seconds: float = 2) -> None:
    for _ in range(count):
        with budget.turn(Deadline(seconds)):
            pass


@contextmanager
def taking_turns(budget: HostBudget, count: int) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=take_turns, args=(budget, count))
    thread.start()
    yield thread
    thread.join()


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_turn_waits_for_a_span(budgets: Budgets, budget: HostBudget) -> None:
    with taking_turns(budget, 1) as thread:
        until(budgets.stirred)
        assert budget.wanted() == 1
        assert thread.is_alive()
        budget.receive(Reply(span=Span(starts_in=0, turns=5, slots=4)))
    assert budget.wanted() == 0


def test_a_span_is_for_so_many_turns(budget: HostBudget) -> None:
    with taking_turns(budget, 4) as thread:
        until(budget.wanted)
        budget.receive(Reply(span=Span(0, turns=3, slots=4)))
        until(budget.wanted)
        assert thread.is_alive()
        budget.receive(Reply(span=Span(0, turns=1, slots=4)))


def test_a_busy_host_is_asked_for_in_longer_spans(budget: HostBudget) -> None:
    with taking_turns(budget, 4):
        until(budget.wanted)
        budget.receive(Reply(span=Span(0, turns=3, slots=4)))
        until(budget.wanted)
        assert budget.wanted() == 6
        budget.receive(Reply(span=Span(0, turns=6, slots=4)))


def test_what_is_not_used_in_time_is_lost(budget: HostBudget) -> None:
    budget.receive(Reply(span=Span(0, turns=2, slots=4)))
    time.sleep(0.2)
    with pytest.raises(DoorError) as caught:
        take_turns(budget, 1, seconds=0.05)
    assert caught.value.outcome.code == "http.busy"


def test_a_span_starts_when_it_starts(budget: HostBudget) -> None:
    started = time.monotonic()
    budget.receive(Reply(span=Span(starts_in=0.2, turns=2, slots=4)))
    take_turns(budget, 2)
    assert 0.2 <= time.monotonic() - started < 1


def test_the_share_of_requests_at_once_may_shrink(budget: HostBudget) -> None:
    budget.receive(Reply(span=Span(0, turns=9, slots=1)))
    with budget.turn(Deadline(1)), pytest.raises(DoorError):
        take_turns(budget, 1, seconds=0.05)


def test_a_pause_that_others_heard_of_is_kept(budget: HostBudget) -> None:
    budget.receive(Reply(pause=Pause(60, "it failed")))
    with pytest.raises(DoorError) as caught:
        take_turns(budget, 1)
    assert caught.value.outcome.code == "http.left_alone"
    assert caught.value.retry_after == pytest.approx(60, abs=1)


def test_a_pause_that_is_over_for_others_is_over(budget: HostBudget) -> None:
    budget.receive(Reply(pause=Pause(60, "it failed")))
    budget.receive(Reply(span=Span(0, turns=1, slots=1)))
    take_turns(budget, 1)


def test_those_who_wait_hear_of_a_pause_at_once(budget: HostBudget) -> None:
    codes: list[str] = []

    def wait() -> None:
        with pytest.raises(DoorError) as caught:
            take_turns(budget, 1, seconds=20)
        codes.append(caught.value.outcome.code)

    threads = [threading.Thread(target=wait) for _ in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: budget.wanted() == 6)
    budget.receive(Reply(pause=Pause(60, "it failed")))
    for thread in threads:
        thread.join(2)
    assert codes == ["http.left_alone"] * 6


def test_a_keeper_that_has_nothing_is_not_asked_all_the_time(
    budgets: Budgets, budget: HostBudget
) -> None:
    with taking_turns(budget, 1):
        until(budgets.stirred)
        budget.receive(Reply())
        assert budgets.stirred() == []
        until(budgets.stirred)
        budget.receive(Reply(span=Span(0, turns=1, slots=1)))


def test_without_a_keeper_no_span_is_needed(budgets: Budgets) -> None:
    free = Budgets({})
    with free.kept():
        budget = free.of(ORIGIN)
    take_turns(budget, 2)


@pytest.mark.parametrize(
    ("kind", "context", "news"),
    [
        (UNREACHABLE, {"reason": "x"}, News(failures=1)),
        (SERVER_ERROR, {"status": 500}, News(failures=1)),
        (NOT_FOUND, {"status": 404}, News(answered=True)),
        (RATE_LIMITED, {"status": 429}, News(answered=True, pause=60)),
        (RATE_LIMITED, {"status": 429, "retry_after": 7}, News(answered=True, pause=7)),
        (RATE_LIMITED, {"status": 429, "retry_after": 1e12}, News(answered=True, pause=86_400)),
        (SERVER_ERROR, {"status": 503, "retry_after": 7}, News(failures=1, pause=7)),
        (BUSY, {}, News()),
    ],
)
def test_what_a_failure_says_of_its_host(
    budget: HostBudget, kind: OutcomeKind, context: dict[str, Any], news: News
) -> None:
    error = door_error(kind, host="example.org", **context)
    budget.failed(error)
    expected = replace(news, error=error.outcome.message) if news.failures else news
    assert budget.take_news() == expected
    assert budget.take_news() == News()


def test_only_failures_after_the_last_answer_count(budgets: Budgets, budget: HostBudget) -> None:
    failure = door_error(UNREACHABLE, host="example.org", reason="x")
    for happens in (budget.failed, budget.failed):
        happens(failure)
    assert budgets.stirred() == [budget]
    budget.answered()
    budget.failed(failure)
    news = budget.take_news()
    assert (news.answered, news.failures) == (True, 1)
    assert budgets.stirred() == [budget]


def test_turns_are_spaced_at_the_share_of_the_rate(budget: HostBudget) -> None:
    span = Span(0, turns=5, slots=4, share=0.1)
    budget.receive(Reply(span=span))
    started = time.monotonic()
    take_turns(budget, 5)
    least = 4 / (budget.limits.rate * span.share) - CATCH_UP
    assert time.monotonic() - started >= least


def test_one_failure_is_told_when_the_keeper_looks_anyway(
    budgets: Budgets, budget: HostBudget
) -> None:
    budget.failed(door_error(UNREACHABLE, host="example.org", reason="x"))
    assert budgets.stirred() == []
    budgets.stir_all()
    assert budgets.stirred() == [budget]
    assert budget.take_news().failures == 1


def test_after_some_failures_the_keeper_says_whether_to_go_on(budget: HostBudget) -> None:
    budget.receive(Reply(span=Span(0, turns=50, slots=4)))
    for _ in range(MOST_UNTOLD):
        budget.failed(door_error(UNREACHABLE, host="example.org", reason="x"))
    with taking_turns(budget, 1) as thread:
        time.sleep(0.05)
        assert thread.is_alive()
        budget.take_news()
        budget.receive(Reply())
