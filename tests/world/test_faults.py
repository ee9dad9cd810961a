from __future__ import annotations

import time
from collections import Counter

import pytest

from benchmarks.world import Faults, Limit, World, WorldConfig
from benchmarks.world.faults import Fate, Fault
from benchmarks.world.limits import Bucket
from benchmarks.world.population import Kind
from tests.world.asking import first, get


def world_with(**values: object) -> World:
    return World(WorldConfig(packages=20, **values))


def index_page(world: World) -> str:
    return f"/index/simple/{first(world, Kind.INDEX).name}/"


def test_shares_of_faults_are_kept():
    fate = Fate(1, Faults(server_error=0.2, reset=0.1))
    dealt = Counter(fate.of("host", f"/{number}") for number in range(5000))
    assert dealt[Fault.SERVER_ERROR] / 5000 == pytest.approx(0.2, abs=0.02)
    assert dealt[Fault.RESET] / 5000 == pytest.approx(0.1, abs=0.02)


def test_the_order_of_requests_does_not_matter():
    paths = [f"/{number}" for number in range(200)]
    one, other = Fate(1, Faults(reset=0.5)), Fate(1, Faults(reset=0.5))
    forwards = {path: one.of("host", path) for path in paths}
    backwards = {path: other.of("host", path) for path in reversed(paths)}
    assert forwards == backwards


def test_a_retry_has_its_own_luck():
    fate = Fate(1, Faults(server_error=0.5))
    assert {fate.of("host", "/same") for _ in range(20)} == {None, Fault.SERVER_ERROR}


def test_a_host_that_is_down_breaks_the_connection():
    with world_with(faults=Faults(down=("index",))) as world, pytest.raises(ConnectionResetError):
        get(world, index_page(world))


def test_a_server_error():
    with world_with(faults=Faults(server_error=1.0)) as world:
        assert get(world, index_page(world))[0] == 503
        assert world.counts().statuses == {"503": 1}


def test_a_page_cut_short():
    with world_with(faults=Faults(truncated=1.0)) as world, pytest.raises(Exception, match="more"):
        get(world, index_page(world))


def test_garbage_in_place_of_a_page():
    with world_with(faults=Faults(garbage=1.0)) as world:
        status, _, body = get(world, index_page(world))
    assert status == 200
    assert not body.startswith(b"{")


def test_a_page_that_comes_byte_by_byte():
    with world_with(faults=Faults(drip=1.0)) as world, pytest.raises(TimeoutError):
        get(world, index_page(world), patience=0.2)


def test_no_answer_at_all():
    with world_with(faults=Faults(silence=1.0)) as world, pytest.raises(TimeoutError):
        get(world, index_page(world), patience=0.2)


def test_a_limited_host_says_how_long_to_wait():
    with world_with(limits={"index": Limit(rate=0.5, burst=1)}) as world:
        assert get(world, index_page(world))[0] == 200
        status, headers, _ = get(world, index_page(world))
    assert status == 429
    assert int(headers["Retry-After"]) >= 1


def test_a_bucket_fills_again():
    clock = iter([0.0, 0.0, 0.0, 2.0])
    bucket = Bucket(Limit(rate=0.5, burst=1), clock=lambda: next(clock))
    assert [bucket.take() for _ in range(3)] == [0, 2, 0]


def test_latency():
    with world_with(latency=0.1, jitter=0.0) as world:
        started = time.monotonic()
        get(world, index_page(world))
        assert 0.1 <= time.monotonic() - started < 1.0
