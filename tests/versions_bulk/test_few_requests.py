"""Of hosts that take several requests, one or a few show that nothing has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.versions_pure.test_source_listing import apache
from tests.versions_pure.test_source_probe import has
from versions.asking.answers import Answer
from versions.asking.lookup import look_up
from versions.asking.subjects import LookupConfig, Subject
from versions.sources import Shared

CONFIG = LookupConfig()
FLAT = "https://ftp.example.org/foo/foo-{}.tar.gz"
SERIES = "https://ftp.example.org/foo/{}/foo-{}.tar.gz"
GUESSED = "https://files.example.org/foo/foo-{}.tar.gz"
NO_DATE = "<title>Index of /</title><a href='1.2/'>1.2/</a>"


@pytest.fixture
def look(world):
    """Look a URL up as if for the first time, or again after an answer; each time as another
    sweep would."""

    def look_up_again(
        url: str, version: str, before: Answer | None = None, *, new: bool = False
    ) -> Answer:
        subject = Subject.of(
            key="test/foo", name="foo", current_version=version, urls=[{"rendered": url}], new=new
        )
        if before is not None:
            subject = replace(subject, seen=before.seen, judge_again_at=before.judge_again_at)
        world.server.requests.clear()
        return look_up(subject, world.door, Shared(), CONFIG)

    return look_up_again


def folder(world, path: str, *names: str) -> None:
    world.answers(f"https://ftp.example.org/foo/{path}", apache(*names))


def test_a_folder_of_files(world, look):
    folder(world, "", "foo-1.2.tar.gz", "foo-1.3.tar.gz")
    first = look(FLAT.format("1.2"), "1.2")
    assert first.latest_version == "1.3"
    assert look(FLAT.format("1.2"), "1.2", first).unchanged
    folder(world, "", "foo-1.2.tar.gz", "foo-1.4.tar.gz")
    assert look(FLAT.format("1.2"), "1.2", first).latest_version == "1.4"


def test_folders_of_series_with_dates(world, look):
    url = SERIES.format("1.2", "1.2.0")
    folder(world, "", "1.2/", "1.3/")
    folder(world, "1.2/", "foo-1.2.0.tar.gz")
    folder(world, "1.3/", "foo-1.3.0.tar.gz")
    first = look(url, "1.2.0")
    assert first.latest_version == "1.3.0"
    assert len(world.asked()) == 3
    assert look(url, "1.2.0", first).unchanged
    assert world.asked() == ["https://ftp.example.org/foo/"]
    world.answers("https://ftp.example.org/foo/", apache("1.2/", "1.3/").replace("-05-", "-06-"))
    folder(world, "1.3/", "foo-1.3.0.tar.gz", "foo-1.3.1.tar.gz")
    assert look(url, "1.2.0", first).latest_version == "1.3.1"


def test_folders_of_series_without_dates_are_read_each_time(world, look):
    url = SERIES.format("1.2", "1.2.0")
    world.answers("https://ftp.example.org/foo/", NO_DATE)
    folder(world, "1.2/", "foo-1.2.0.tar.gz")
    first = look(url, "1.2.0")
    folder(world, "1.2/", "foo-1.2.0.tar.gz", "foo-1.2.1.tar.gz")
    assert look(url, "1.2.0", first).latest_version == "1.2.1"


def test_a_home_page_above_a_folder_tells_nothing_about_it(world, look):
    url = SERIES.format("1.2", "1.2.0")
    world.answers("https://ftp.example.org/foo/", "<h1>Welcome</h1>")
    folder(world, "1.2/", "foo-1.2.0.tar.gz")
    first = look(url, "1.2.0")
    folder(world, "1.2/", "foo-1.2.0.tar.gz", "foo-1.2.1.tar.gz")
    assert look(url, "1.2.0", first).latest_version == "1.2.1"


def test_a_version_folder_that_is_not_filled_yet_is_read_each_time(world, look):
    url = SERIES.format("1.2", "1.2")
    folder(world, "", "1.2/", "1.3/")
    folder(world, "1.2/", "foo-1.2.tar.gz")
    folder(world, "1.3/")
    first = look(url, "1.2")
    assert first.latest_version == "1.2"
    folder(world, "1.3/", "foo-1.3.tar.gz")
    assert look(url, "1.2", first).latest_version == "1.3"


def test_a_folder_that_can_not_be_read_now_is_a_failure(world, look):
    folder(world, "", "foo-1.2.tar.gz")
    first = look(FLAT.format("1.2"), "1.2")
    world.answers("https://ftp.example.org/foo/", "", status=400)
    world.server.route("/ftp.example.org/foo/foo-*", (404, {}, b""))
    assert not look(FLAT.format("1.2"), "1.2", first).outcome.ok


def test_files_that_are_guessed(world, look):
    world.server.route("/files.example.org/*", has("1.2.3", "1.3.0"))
    first = look(GUESSED.format("1.2.3"), "1.2.3")
    assert (first.latest_version, first.source) == ("1.3.0", "probe")
    assert look(GUESSED.format("1.2.3"), "1.2.3", first).unchanged
    likeliest = [GUESSED.format(each) for each in ("2.0.0", "1.4.0", "1.3.1")]
    assert sorted(world.asked()) == sorted(likeliest)
    world.server.route("/files.example.org/*", has("1.2.3", "1.3.0", "1.3.1"))
    assert look(GUESSED.format("1.2.3"), "1.2.3", first).latest_version == "1.3.1"


def test_all_guesses_are_asked_for_once_a_day(world, look):
    world.server.route("/files.example.org/*", has("1.2.3"))
    first = look(GUESSED.format("1.2.3"), "1.2.3")
    assert first.judge_again_at < datetime.now(UTC) + timedelta(days=1)
    world.server.route("/files.example.org/*", has("1.2.3", "1.2.5"))
    assert look(GUESSED.format("1.2.3"), "1.2.3", first).unchanged
    later = replace(first, judge_again_at=datetime.now(UTC))
    assert look(GUESSED.format("1.2.3"), "1.2.3", later).latest_version == "1.2.5"


def test_a_full_look_is_not_taken_for_the_brief_one_before(world, look):
    world.server.route("/files.example.org/*", has("1.2.3"))
    first = look(GUESSED.format("1.2.3"), "1.2.3", new=True)
    assert first.latest_version == "1.2.3"
    assert first.judge_again_at < datetime.now(UTC) + timedelta(hours=4)
    world.server.route("/files.example.org/*", has("1.2.3", "1.2.4"))
    assert look(GUESSED.format("1.2.3"), "1.2.3", first).latest_version == "1.2.4"
