from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from versions.sources.shared import Shared


class Loader:
    """Counts its calls; fails while `error` is set."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: BaseException | None = None

    def __call__(self) -> int:
        self.calls += 1
        if self.error:
            raise self.error
        return self.calls


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_loaded_once() -> None:
    shared, load = Shared(), Loader()
    assert [shared.get("a", load) for _ in range(3)] == [1, 1, 1]
    assert shared.get("b", load) == 2


def test_who_comes_while_it_loads_waits() -> None:
    shared, load, started = Shared(), Loader(), threading.Event()

    def slowly() -> int:
        started.wait(5)
        return load()

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(shared.get, "a", slowly) for _ in range(4)]
        started.set()
        assert [future.result() for future in futures] == [1, 1, 1, 1]


def test_an_old_value_is_loaded_anew() -> None:
    clock, load = Clock(), Loader()
    shared = Shared(max_age=10, clock=clock)
    assert shared.get("a", load) == 1
    clock.now = 10
    assert shared.get("a", load) == 1
    clock.now = 11
    assert shared.get("a", load) == 2


def test_a_failure_is_kept_for_a_while() -> None:
    clock, load = Clock(), Loader()
    shared = Shared(failure_age=60, clock=clock)
    load.error = ValueError("down")
    for _ in range(2):
        with pytest.raises(ValueError, match="down"):
            shared.get("a", load)
    assert load.calls == 1
    load.error, clock.now = None, 61
    assert shared.get("a", load) == 2


def test_an_interrupt_is_not_shared() -> None:
    shared, load = Shared(), Loader()
    load.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        shared.get("a", load)
    with pytest.raises(RuntimeError, match="interrupted"):
        shared.get("a", load)


def test_another_cycle_loads_anew_what_is_not_brand_new() -> None:
    clock, load = Clock(), Loader()
    shared = Shared(clock=clock)
    shared.expire(1)
    shared.get("cran", load)
    clock.now += 100
    shared.expire(1)
    shared.get("cran", load)
    assert load.calls == 1
    shared.expire(2)
    shared.get("cran", load)
    shared.expire(3)
    shared.get("cran", load)
    assert load.calls == 2
