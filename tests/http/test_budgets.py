from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.http import Door, DoorError
from core.http.deadlines import Deadline
from core.http.limits import HostLimits
from core.http.origins import parse_origin
from core.http.turns import HostBudget
from tests.http.conftest import MakeDoor
from tests.loopback import LoopbackServer, Reply, Request


def budget_of(**limits: float) -> HostBudget:
    origin = parse_origin("https://example.org")
    return HostBudget(origin, HostLimits(**limits), stir=lambda budget: None)


def test_no_more_than_allowed_are_in_flight(server: LoopbackServer, make_door: MakeDoor) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def handler(_request: Request) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return 200, {}, b""

    limits = {server.url: {"in_flight": 3, "rate": 10_000}}
    door = make_door(trusted_origins=[server.url], host_limits=limits)
    url = server.route("/*", handler)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(door.get, [f"{url}{number}" for number in range(30)]))
    assert most == 3


def test_the_rate_holds(server: LoopbackServer, make_door: MakeDoor) -> None:
    limits = {server.url: {"in_flight": 8, "rate": 50}}
    door = make_door(trusted_origins=[server.url], host_limits=limits)
    url = server.route("/*", (200, {}, b""))
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(door.get, [f"{url}{number}" for number in range(26)]))
    assert 0.4 < time.monotonic() - started < 1.5  # 25 spaces of 20 ms, less 50 ms to catch up


def test_hosts_do_not_wait_for_each_other(server: LoopbackServer, make_door: MakeDoor) -> None:
    with LoopbackServer() as other:
        door = make_door(
            trusted_origins=[server.url, other.url],
            host_limits={server.url: {"rate": 0.1}},
        )
        door.get(server.route("/", (200, {}, b"")))
        with pytest.raises(DoorError):
            door.get(server.url, deadline=0.5)
        started = time.monotonic()
        door.get(other.route("/", (200, {}, b"")))
        assert time.monotonic() - started < 0.5


def test_it_does_not_wait_for_a_turn_in_vain() -> None:
    budget = budget_of(in_flight=1, rate=0.1)
    with budget.turn(Deadline(1)):
        pass
    started = time.monotonic()
    with pytest.raises(DoorError) as caught, budget.turn(Deadline(5)):
        pass
    assert caught.value.outcome.code == "http.busy"
    assert time.monotonic() - started < 0.5


def test_it_does_not_wait_for_a_slot_beyond_the_deadline() -> None:
    budget = budget_of(in_flight=1, rate=1000)
    with budget.turn(Deadline(1)):
        with pytest.raises(DoorError) as caught, budget.turn(Deadline(0.05)):
            pass
        assert caught.value.outcome.code == "http.busy"


def test_a_host_that_asks_for_a_pause_gets_it(server: LoopbackServer, door: Door) -> None:
    limited = server.route("/limited", (429, {"Retry-After": "60"}, b""))
    fine = server.route("/fine", (200, {}, b""))
    for url, code in ((limited, "http.rate_limited"), (fine, "http.left_alone")):
        with pytest.raises(DoorError) as caught:
            door.get(url)
        assert caught.value.outcome.code == code
        assert caught.value.retry_after == pytest.approx(60, abs=2)
    assert server.paths() == ["/limited"]
