"""Threads go where they are of use: to each lane its share, to slow ones little more."""

from __future__ import annotations

import time
from concurrent.futures import Future

import pytest

from core.http.limits import HostLimits
from core.http.origins import parse_origin
from core.http.turns import HostBudget
from versions.asking.subjects import Subject
from versions.bulk import Batch
from versions.shifts.items import MOST_STOCK, Item, Lane, Lanes, Task


def make_lane(name: str, packages: int, *, in_flight: int = 100, rate: float = 10_000) -> Lane:
    origin = parse_origin(f"https://{name}.example.org")
    lane = Lane(name, HostBudget(origin, HostLimits(in_flight, rate), stir=lambda _: None))
    for number in range(packages):
        subject = Subject.of(key=f"{name}/{number}", name="x", current_version="1", urls=())
        lane.waiting.append(Item(number, name, subject))
    return lane


def started(threads: int, *lanes: Lane, ago: float = 0.0) -> dict[str, int]:
    """How many threads each lane gets of so many free ones; what they do goes on."""
    all_lanes = Lanes(threads)
    for lane in lanes:
        all_lanes.add(lane)
    for lane, items, batched in all_lanes.starts(threads - all_lanes.running):
        lane.running[Future()] = Task(lane, items, time.monotonic() - ago, batched)
    return {lane.name: len(lane.running) for lane in lanes}


def test_lanes_share_alike():
    lanes = [make_lane(name, 50) for name in "abcd"]
    assert started(8, *lanes) == {"a": 2, "b": 2, "c": 2, "d": 2}


def test_what_one_does_not_need_another_gets_but_for_a_reserve():
    assert started(16, make_lane("a", 50), make_lane("b", 1)) == {"a": 13, "b": 1}


def test_a_slow_lane_leaves_half_of_the_threads():
    slow = make_lane("slow", 50)
    slow.running[Future()] = Task(slow, (), time.monotonic() - 60)
    others = [make_lane(name, 1) for name in "abc"]
    threads = started(16, slow, *others)
    assert [threads[lane.name] for lane in others] == [1, 1, 1]
    assert sum(threads.values()) == 8


def test_a_host_that_is_silent_now_and_then_keeps_its_threads():
    lane = make_lane("a", 50)
    for _ in range(3):
        lane.running[Future()] = Task(lane, (), time.monotonic() - 60)
    quick: Future[object] = Future()
    lane.running[quick] = Task(lane, (), time.monotonic() - 0.1)
    lane.finished(quick)
    threads = started(16, lane, *(make_lane(name, 1) for name in "bcd"))
    assert sum(threads.values()) == 14


def test_no_more_are_sent_than_a_host_has_room_for():
    assert started(16, make_lane("a", 50, in_flight=3)) == {"a": 3}
    assert started(16, make_lane("b", 50, rate=0.5)) == {"b": 1}


def test_stock_lasts_some_seconds():
    assert make_lane("a", 0, rate=20).wanted() == 100
    assert make_lane("a", 70, rate=20).wanted() == 0
    assert make_lane("a", 40, rate=20).wanted() == 60
    assert make_lane("a", 0, rate=0.1).wanted() == 2


def test_a_lane_that_runs_dry_is_stocked_better():
    lane = make_lane("a", 0, rate=20)
    lane.grow()
    assert lane.wanted() == 100
    for _ in range(9):
        lane.grow()
    assert lane.wanted() == MOST_STOCK


@pytest.fixture
def batched() -> Lane:
    lane = make_lane("a", 10)
    lane.batch = Batch("a", most=4, at_once=2, answer=lambda subjects: iter(()))
    return lane


def test_batches_take_what_they_can_hold_so_many_at_once(batched):
    assert started(8, batched) == {"a": 2}
    assert [len(task.items) for task in batched.running.values()] == [4, 4]
    assert batched.idle == 2


def test_what_a_batch_left_open_goes_singly(batched):
    batched.singly.extend(batched.waiting.popleft() for _ in range(3))
    assert started(16, batched) == {"a": 5}
    assert sorted(len(task.items) for task in batched.running.values()) == [1, 1, 1, 3, 4]


def test_what_is_given_up_is_named():
    lane = make_lane("a", 3)
    assert lane.give_up() == [0, 1, 2]
    assert lane.idle == 0
