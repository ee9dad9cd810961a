"""Pages are kept, and asked for only if they have changed."""

from __future__ import annotations

import gzip
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.http import Door, DoorError
from core.http import pages as kept
from core.http.bodies import Body
from core.http.pages import Pages
from tests.http.conftest import MakeDoor
from tests.loopback import LoopbackServer, Reply, Request


@pytest.fixture
def make_keeper(server: LoopbackServer, make_door: MakeDoor, tmp_path: Path) -> Callable[[], Door]:
    """Doors that keep pages in one folder, as those of several workers do."""
    return lambda: make_door(trusted_origins=[server.url], pages_folder=str(tmp_path))


@pytest.fixture
def keeper(make_keeper: Callable[[], Door]) -> Door:
    return make_keeper()


def page(body: str = "page", etag: str = '"1"', **headers: str) -> Callable[[Request], Reply]:
    """A page whose server knows whether it has changed."""

    def handler(request: Request) -> Reply:
        if request.headers["If-None-Match"] == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag, "Content-Type": "text/plain", **headers}, body

    return handler


def test_an_unchanged_page_is_not_sent_again(
    server: LoopbackServer, make_keeper: Callable[[], Door]
) -> None:
    url = server.route("/page", page())
    make_keeper().get(url)
    again = make_keeper().get(url)
    assert (again.status, again.text(), again.content_type) == (200, "page", "text/plain")
    assert [each.headers["If-None-Match"] for each in server.requests] == [None, '"1"']


def test_a_changed_page_is(server: LoopbackServer, keeper: Door) -> None:
    url = server.route("/page", page("old"))
    keeper.get(url)
    server.route("/page", page("new", '"2"'))
    assert [keeper.get(url).text() for _ in range(2)] == ["new", "new"]
    assert [each.headers["If-None-Match"] for each in server.requests] == [None, '"1"', '"2"']


def test_a_date_will_do(server: LoopbackServer, keeper: Door) -> None:
    date = "Mon, 23 Nov 2026 08:00:00 GMT"
    url = server.route("/page", (200, {"Last-Modified": date}, b"page"))
    keeper.get(url)
    server.route("/page", (304, {}, b""))
    assert keeper.get(url).body == b"page"
    assert server.requests[1].headers["If-Modified-Since"] == date


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": '"1"', "Cache-Control": "private, no-store"},
        {"ETag": "1" * 1000},
        {"ETag": '"a\tb"'},
        {"ETag": '"ü"'},
    ],
    ids=["no validator", "forbidden", "long", "control character", "not ascii"],
)
def test_it_is_not_kept(server: LoopbackServer, keeper: Door, headers: dict[str, str]) -> None:
    url = server.route("/page", (200, headers, b"page"))
    assert [keeper.get(url).body for _ in range(2)] == [b"page"] * 2
    assert server.requests[1].headers["If-None-Match"] is None


def test_a_huge_page_is_not_kept(
    server: LoopbackServer, keeper: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_PACKED", 3)
    url = server.route("/page", page())
    keeper.get(url)
    keeper.get(url)
    assert server.requests[1].headers["If-None-Match"] is None


@pytest.mark.parametrize("headers", [{"Authorization": "x"}, {"Range": "bytes=0-0"}])
def test_what_is_for_one_caller_alone_is_not_kept(
    server: LoopbackServer, keeper: Door, headers: dict[str, str]
) -> None:
    url = server.route("/page", page())
    keeper.get(url, headers=headers)
    keeper.get(url)
    assert server.requests[1].headers["If-None-Match"] is None


def test_each_form_of_a_page_is_kept_by_itself(server: LoopbackServer, keeper: Door) -> None:
    url = server.route("/page", page())
    keeper.get(url, headers={"accept": "application/json"})
    keeper.get(url, headers={"accept": "text/html"})
    assert server.requests[1].headers["If-None-Match"] is None


def test_a_validator_goes_to_the_url_that_gave_it(server: LoopbackServer, keeper: Door) -> None:
    """The page has moved: what is there may have the same date without being the same."""
    server.route("/first", page("first"))
    server.route("/second", page("second"))
    url = server.route("/", (302, {"Location": "/first"}, b""))
    keeper.get(url)
    server.route("/", (302, {"Location": "/second"}, b""))
    assert keeper.get(url).text() == "second"
    asked = [(each.path, each.headers["If-None-Match"]) for each in server.requests]
    assert asked == [("/", None), ("/first", None), ("/", None), ("/second", None)]


def test_a_page_behind_a_redirect_is_kept(server: LoopbackServer, keeper: Door) -> None:
    server.route("/new", page())
    url = server.route("/", (302, {"Location": "/new"}, b""))
    keeper.get(url)
    again = keeper.get(url)
    assert (again.text(), again.final_url) == ("page", server.url + "/new")
    assert server.requests[3].headers["If-None-Match"] == '"1"'


def test_nobody_says_not_modified_unasked(server: LoopbackServer, keeper: Door) -> None:
    with pytest.raises(DoorError) as caught:
        keeper.get(server.route("/page", (304, {}, b"")))
    assert caught.value.outcome.code == "http.unexpected_status"


def test_a_kept_page_does_not_hide_a_failure(server: LoopbackServer, keeper: Door) -> None:
    url = server.route("/page", page())
    keeper.get(url)
    server.route("/page", (404, {}, b""))
    with pytest.raises(DoorError):
        keeper.get(url)


def test_a_fresh_page_is_not_asked_for(
    server: LoopbackServer, make_keeper: Callable[[], Door]
) -> None:
    url = server.route("/index", page())
    make_keeper().get(url)
    other = make_keeper()
    assert other.get(url, fresh_for=60).text() == "page"
    assert len(server.requests) == 1
    other.get(url, fresh_for=0)
    assert len(server.requests) == 2


def test_confirming_a_page_makes_it_fresh(
    server: LoopbackServer, keeper: Door, tmp_path: Path
) -> None:
    url = server.route("/index", page())
    keeper.get(url)
    [file] = tmp_path.glob("??/*")
    os.utime(file, (0, time.time() - 100))
    keeper.get(url, fresh_for=60)
    keeper.get(url, fresh_for=60)
    assert len(server.requests) == 2


def test_a_server_that_never_says_modified_is_not_believed_for_ever(
    server: LoopbackServer, keeper: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.route("/page", page())
    keeper.get(url)
    monkeypatch.setattr(kept, "HARD_AGE", 0.0)
    keeper.get(url, fresh_for=60)
    assert [each.headers["If-None-Match"] for each in server.requests] == [None, None]


def test_the_limit_of_a_caller_holds_for_kept_pages(server: LoopbackServer, keeper: Door) -> None:
    url = server.route("/page", page("x" * 100))
    keeper.get(url)
    with pytest.raises(DoorError) as caught:
        keeper.get(url, max_bytes=50, fresh_for=60)
    assert caught.value.outcome.code == "http.too_large"


@pytest.mark.parametrize("damage", [b"", b"{}\nx", b'{"a": 1}\n', b"[]\n"])
def test_a_damaged_file_is_as_good_as_none(
    server: LoopbackServer,
    keeper: Door,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    damage: bytes,
) -> None:
    url = server.route("/page", page())
    keeper.get(url)
    [file] = tmp_path.glob("??/*")
    file.write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert keeper.get(url).text() == "page"
    assert "can't be read" in caplog.text
    assert server.requests[1].headers["If-None-Match"] is None


def zipped(request: Request) -> Reply:
    """A page that is sent compressed, and never changes."""
    if request.headers["If-None-Match"] == '"1"':
        return 304, {}, b""
    return 200, {"ETag": '"1"', "Content-Encoding": "gzip"}, gzip.compress(b"page" * 100, mtime=0)


def test_a_body_is_kept_as_it_was_sent(
    server: LoopbackServer, keeper: Door, tmp_path: Path
) -> None:
    url = server.route("/page", zipped)
    assert keeper.get(url).body == keeper.get(url).body == b"page" * 100
    [file] = tmp_path.glob("??/*")
    assert file.read_bytes().endswith(gzip.compress(b"page" * 100, mtime=0))


@pytest.mark.parametrize("handler", [page(), zipped], ids=["plain", "compressed"])
def test_whoever_asks_learns_that_nothing_has_changed(
    server: LoopbackServer, keeper: Door, handler: Callable[[Request], Reply]
) -> None:
    url = server.route("/page", handler)
    answers = [keeper.get(url), keeper.get(url), keeper.get(url, fresh_for=60)]
    assert [each.unchanged for each in answers] == [False, True, True]
    assert len({each.digest for each in answers}) == 1


def test_a_changed_page_has_another_digest(server: LoopbackServer, keeper: Door) -> None:
    url = server.route("/page", page("old"))
    old = keeper.get(url)
    server.route("/page", page("new", '"2"'))
    new = keeper.get(url)
    assert not new.unchanged
    assert new.digest != old.digest


@pytest.mark.parametrize("handler", [page(), zipped], ids=["plain", "compressed"])
def test_a_body_that_was_spoilt_is_fetched_anew(
    server: LoopbackServer, keeper: Door, tmp_path: Path, handler: Callable[[Request], Reply]
) -> None:
    url = server.route("/page", handler)
    body = keeper.get(url).body
    [file] = tmp_path.glob("??/*")
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    again = keeper.get(url, fresh_for=60)
    assert (again.body, again.unchanged) == (body, False)


def test_a_folder_that_cannot_be_written_costs_no_answer(
    server: LoopbackServer, make_door: MakeDoor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    door = make_door(trusted_origins=[server.url], pages_folder=str(tmp_path / "file"))
    assert door.get(server.route("/page", page())).text() == "page"
    assert "can't be" in caplog.text


def test_a_mirror_has_its_own_pages(
    server: LoopbackServer, make_door: MakeDoor, tmp_path: Path
) -> None:
    for base in ("/a", "/b"):
        server.route(f"{base}/page", page(base))
        door = make_door(
            mirrors={"https://example.org": server.url + base}, pages_folder=str(tmp_path)
        )
        assert door.get("https://example.org/page").text() == base
    assert server.requests[1].headers["If-None-Match"] is None


def test_pages_long_unused_and_beyond_the_limit_are_forgotten(tmp_path: Path) -> None:
    pages = Pages(tmp_path)
    for name, age in (("new", 0), ("older", 60), ("ancient", 31 * 86_400)):
        pages.keep(name, "https://example.org/", {"etag": "1"}, Body(os.urandom(1000)))
        os.utime(pages._path(name), (0, time.time() - age))
    assert pages.prune(most_bytes=10_000) == 1
    assert pages.prune(most_bytes=1_500) == 1
    assert pages.find("new") is not None
    assert pages.find("older") is pages.find("ancient") is None
