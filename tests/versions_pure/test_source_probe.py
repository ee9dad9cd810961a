from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.outcomes import OutcomeError
from tests.loopback import Handler, Reply, Request, drip
from tests.versions_pure.conftest import World
from versions.releases import Listing, RecipeUrl
from versions.sources import probe
from versions.sources.probe import MAX_REQUESTS, UrlProbe

HOST = "https://files.example.org"
URL = HOST + "/foo/foo-{}.tar.gz"
FILE = {"Content-Type": "application/gzip"}
PAGE = {"Content-Type": "text/html; charset=utf-8"}


def source() -> UrlProbe:
    return UrlProbe(today=lambda: date(2026, 11, 23))


def has(*versions: str, absent: Reply = (404, PAGE, "not found"), url: str = URL) -> Handler:
    """A host with the files of these versions."""
    paths = {url.format(each).removeprefix("https:/") for each in versions}
    return lambda request: (200, FILE, b"\x1f\x8b") if request.path in paths else absent


def probed(world: World, handler: Handler, version: str = "1.2.3", url: str = URL) -> Listing:
    world.server.route("/files.example.org/*", handler)
    upstream = source().claims(RecipeUrl(url.format(version), version=version))
    assert upstream
    return source().list_releases(upstream, world.door, world.shared)


def found(world: World, handler: Handler, version: str = "1.2.3", url: str = URL) -> set[str]:
    return {release.version for release in probed(world, handler, version, url).releases}


def failure(world: World, handler: Handler) -> str:
    with pytest.raises(OutcomeError) as raised:
        probed(world, handler)
    assert raised.value.outcome.message
    assert raised.value.outcome.next
    return raised.value.outcome.code


def test_a_next_version_is_found(world: World) -> None:
    listing = probed(world, has("1.2.3", "1.3.0"))
    assert {each.version: each.url for each in listing.releases} == {
        "1.2.3": URL.format("1.2.3"),
        "1.3.0": URL.format("1.3.0"),
    }
    assert listing.remark == ""
    assert {request.method for request in world.server.requests} == {"HEAD"}


def test_no_next_version_is_an_answer_too(world: World) -> None:
    assert found(world, has("1.2.3")) == {"1.2.3"}
    assert len(world.asked()) <= 20


@pytest.mark.parametrize(
    ("current", "others", "newest"),
    [
        ("1.2.3", ("1.2.4", "1.2.5", "1.3.0", "1.3.1"), "1.3.1"),
        ("1.2.3", ("2.0.0", "3.0.0", "3.1.0"), "3.1.0"),
        ("9.2", ("10.1",), "10.1"),
        ("26.05.0", ("26.09.0",), "26.09.0"),
        ("22.11", ("23.03",), "22.11"),
        ("2025.11", ("2026.2", "2026.10"), "2026.10"),
        ("2023d", ("2024a", "2024b"), "2024b"),
        ("1.1.1t", ("1.1.1u", "1.1.1w"), "1.1.1w"),
        ("1.9", ("1.10", "1.11", "1.14"), "1.14"),
        ("v20", ("v21",), "v21"),
    ],
)
def test_it_climbs(world: World, current: str, others: tuple[str, ...], newest: str) -> None:
    versions = found(world, has(current, *others), current)
    assert newest in versions
    assert versions <= {current, *others}


def test_a_series_is_followed_too(world: World) -> None:
    assert {"2.0.0", "1.2.5"} <= found(world, has("1.2.3", "1.2.4", "1.2.5", "2.0.0"))


def test_the_recipes_own_file_may_be_gone(world: World) -> None:
    assert found(world, has("1.3.0")) == {"1.3.0"}


def test_a_host_that_refuses_head_is_asked_for_one_byte(world: World) -> None:
    files = has("1.2.3", "1.3.0")
    seen: list[Mapping[str, str]] = []

    def no_head(request: Request) -> Reply:
        if request.method == "HEAD":
            return 405, {}, b""
        seen.append(request.headers)
        return files(request)

    assert found(world, no_head) == {"1.2.3", "1.3.0"}
    assert all(headers["Range"] == "bytes=0-0" for headers in seen)
    assert [request.method for request in world.server.requests].count("HEAD") == 1


def test_a_file_that_is_sent_whole_exists(world: World) -> None:
    def whole(request: Request) -> Reply:
        status, headers, body = has("1.2.3", "1.3.0")(request)
        if request.method == "HEAD":
            return 403, {}, b""
        return status, headers, body if status == 404 else b"x" * 1_000_000

    assert found(world, whole) == {"1.2.3", "1.3.0"}


def test_a_bucket_forbids_what_it_does_not_have(world: World) -> None:
    assert found(world, has("1.2.3", "1.2.4", absent=(403, {}, b""))) == {"1.2.3", "1.2.4"}


def test_a_page_in_place_of_an_archive_is_none(world: World) -> None:
    sorry: Reply = (200, PAGE, "<h1>Not found</h1>")
    assert found(world, has("1.2.3", "1.2.4", absent=sorry)) == {"1.2.3", "1.2.4"}


def test_a_redirect_to_the_front_page_is_none(world: World) -> None:
    world.answers("https://www.example.org/", "<h1>Welcome</h1>")
    home: Reply = (302, {"Location": "https://www.example.org/"}, b"")
    assert found(world, has("1.2.3", absent=home)) == {"1.2.3"}


def test_a_host_that_has_everything_is_not_believed(world: World) -> None:
    assert failure(world, lambda _request: (200, FILE, b"")) == "versions.anything_goes"
    assert len(world.asked()) == 3


def test_a_host_that_has_nothing_says_so(world: World) -> None:
    assert failure(world, has()) == "versions.nothing_to_probe"
    assert len(world.asked()) <= MAX_REQUESTS


@pytest.mark.parametrize(
    ("status", "code"), [(429, "http.rate_limited"), (500, "http.server_error")]
)
def test_a_host_in_trouble_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setattr("core.http.doors.BACK_OFF", 0.01)
    assert failure(world, lambda _request: (status, {}, b"")) == code
    assert len(world.asked()) <= 3


def test_what_was_found_before_trouble_is_kept(world: World) -> None:
    files = has("1.2.3", "3.0.0")

    def tired(request: Request) -> Reply:
        return files(request) if len(world.server.requests) < 6 else (429, {}, b"")

    listing = probed(world, tired)
    assert {each.version for each in listing.releases} == {"1.2.3", "3.0.0"}
    assert "There may be a newer version" in listing.remark


def test_trouble_before_anything_newer_is_a_failure(world: World) -> None:
    files = has("1.2.3", "1.2.4")

    def tired(request: Request) -> Reply:
        return files(request) if len(world.server.requests) < 6 else (429, {}, b"")

    assert failure(world, tired) == "http.rate_limited"


def test_a_long_way_ends_in_a_partial_answer(world: World) -> None:
    listing = probed(world, has(*(f"1.2.{n}" for n in range(3, 200))))
    assert len(world.asked()) == MAX_REQUESTS
    assert "1.2.53" in {each.version for each in listing.releases}
    assert "asked for 40 files" in listing.remark


def test_a_slow_host_ends_it_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_SECONDS", 0.5)
    files = has("1.2.3", "1.2.4")
    started = time.monotonic()

    def slow(request: Request) -> Reply:
        time.sleep(0.1)
        return files(request)

    assert failure(world, slow) in ("versions.probe_ended", "http.timeout")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (lambda: (200, PAGE, "<h1>Down for maintenance</h1>"), "versions.nothing_to_probe"),
        (lambda: (410, {}, b""), "versions.nothing_to_probe"),
        (lambda: (302, {"Location": URL.format("1.2.3")}, b""), "http.too_many_redirects"),
        (lambda: (302, {"Location": "file:///etc/passwd"}, b""), "http.bad_url"),
        (lambda: (418, {}, b""), "http.unexpected_status"),
        (lambda: (405, {}, drip(every=0.01, times=3)), "versions.nothing_to_probe"),
    ],
)
def test_other_failures_are_typed(world: World, reply: Any, code: str) -> None:
    assert failure(world, lambda _request: reply()) == code


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example.org/foo.tar.gz",
        "ftp://files.example.org/foo-1.2.3.tar.gz",
        "https://user@files.example.org/foo-1.2.3.tar.gz",
        "",
    ],
)
def test_urls_without_a_version_are_never_probed(url: str) -> None:
    assert source().claims(RecipeUrl(url, version="1.2.3")) is None


def test_a_brief_look_asks_for_the_likeliest_only(world: World) -> None:
    world.server.route("/files.example.org/*", has("1.2.3", "1.3.0", "1.3.1", "1.5.0"))
    upstream = source().claims(RecipeUrl(URL.format("1.2.3"), version="1.2.3"))
    assert upstream
    brief = source().list_releases(replace(upstream, brief=True), world.door, world.shared)
    assert {each.version for each in brief.releases} == {"1.2.3", "1.3.0", "1.3.1"}
    assert len(world.asked()) <= 12
    full = source().list_releases(upstream, world.door, world.shared)
    assert "1.5.0" in {each.version for each in full.releases}
