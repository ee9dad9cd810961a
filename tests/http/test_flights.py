"""Several who want the same at the same time make one request."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.http import Door, DoorError
from core.http.flights import Flights
from tests.loopback import LoopbackServer, Reply, Request


def slow(answer: Reply) -> Reply:
    time.sleep(0.2)
    return answer


def test_one_request_serves_all_who_wait(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", lambda _request: slow((200, {}, b"page")))
    with ThreadPoolExecutor(8) as pool:
        bodies = [response.body for response in pool.map(door.get, [url] * 8)]
    assert bodies == [b"page"] * 8
    assert len(server.requests) == 1


def test_who_comes_later_asks_anew(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", (200, {}, b"page"))
    door.get(url)
    door.get(url)
    assert len(server.requests) == 2


def test_a_failure_is_shared_too(server: LoopbackServer, door: Door) -> None:
    url = server.route("/page", lambda _request: slow((404, {}, b"")))

    def code(_number: int) -> str:
        with pytest.raises(DoorError) as caught:
            door.get(url)
        return caught.value.outcome.code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(code, range(4))) == {"http.not_found"}
    assert len(server.requests) == 1


def test_other_headers_are_another_request(server: LoopbackServer, door: Door) -> None:
    def handler(request: Request) -> Reply:
        return slow((200, {}, request.headers["Accept"]))

    url = server.route("/page", handler)
    with ThreadPoolExecutor(2) as pool:
        json = pool.submit(door.get, url, headers={"Accept": "application/json"})
        html = pool.submit(door.get, url, headers={"Accept": "text/html"})
    assert (json.result().text(), html.result().text()) == ("application/json", "text/html")


def test_nobody_waits_beyond_the_deadline() -> None:
    flights, done = Flights(), threading.Event()
    first = threading.Thread(
        target=lambda: flights.join("key", 5, lambda: done.wait(5)),  # type: ignore[arg-type,return-value]
    )
    first.start()
    with pytest.raises(TimeoutError):
        flights.join("key", 0.05, lambda: pytest.fail("a second request"))
    done.set()
    first.join()


def test_an_interrupt_is_not_passed_on() -> None:
    flights, waiting = Flights(), threading.Event()

    def interrupted() -> None:
        waiting.wait(5)
        raise KeyboardInterrupt

    def lead() -> None:
        with pytest.raises(KeyboardInterrupt):
            flights.join("key", 5, interrupted)  # type: ignore[arg-type]

    leader = threading.Thread(target=lead)
    leader.start()
    while "key" not in flights._flights:
        time.sleep(0.001)
    threading.Timer(0.05, waiting.set).start()
    with pytest.raises(RuntimeError, match="interrupted"):
        flights.join("key", 5, lambda: pytest.fail("a second request"))
    leader.join()
