"""An upstream that says what it said last time is not judged again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.versions_pure.advertisement import REFS, advertisement
from versions.asking.answers import Answer
from versions.asking.lookup import look_up
from versions.asking.subjects import LookupConfig, Subject
from versions.sources import Shared

INDEX = "https://index.example.org/simple/"
PAGE = INDEX + "pkg/"
PYPI_URL = "https://pypi.io/packages/source/p/pkg/pkg-{}.tar.gz"
GITHUB_URL = "https://github.com/owner/repo/archive/v{}.tar.gz"
CRAN_URL = "https://cran.r-project.org/src/contrib/pkg_{}.tar.gz"
CRAN_INDEX = "https://cran.r-project.org/src/contrib/PACKAGES.gz"
CONFIG = LookupConfig(INDEX, "1.0")
SIMPLE = "application/vnd.pypi.simple.v1+json"


class Upstream:
    """An index, a repository and CRAN; a subject that is looked up there again and again."""

    def __init__(self, world):
        self.world = world

    def publish(self, *versions, serial=0, header=False, times=True):
        when = {"upload-time": "2026-05-06T07:08:09Z"} if times else {}
        files = [{"filename": f"pkg-{each}.tar.gz", "url": f"/{each}", **when} for each in versions]
        meta = {"api-version": "1.1"} | ({"_last-serial": serial} if serial and not header else {})
        headers = {"Content-Type": SIMPLE}
        if header:
            headers["X-PyPI-Last-Serial"] = str(serial)
        path = PAGE.removeprefix("https:/")
        self.world.server.route(path, (200, headers, json.dumps({"meta": meta, "files": files})))

    def tag(self, *tags):
        self.world.answers(REFS, advertisement(*(f"refs/tags/{each}" for each in tags)))

    def look_up(self, subject, config=CONFIG) -> Answer:
        return look_up(subject, self.world.door, self.world.shared, config)


@pytest.fixture
def upstream(world):
    return Upstream(world)


def subject(*urls, **values) -> Subject:
    about = {"key": "test/pkg", "name": "pkg", "current_version": "1.0"} | values
    return Subject.of(urls=[{"rendered": each.format("1.0")} for each in urls], **about)


def after(answer: Answer, subject: Subject) -> Subject:
    return replace(subject, seen=answer.seen, judge_again_at=answer.judge_again_at)


def asked_again(upstream, *urls) -> Subject:
    """The subject as it is after its first look-up."""
    first = subject(*urls)
    answer = upstream.look_up(first)
    assert answer.outcome.ok
    assert not answer.unchanged
    assert len(answer.seen) <= 128
    return after(answer, first)


def test_the_same_page_is_not_judged_again(upstream):
    upstream.publish("1.0", "1.1")
    again = asked_again(upstream, PYPI_URL)
    assert upstream.look_up(again) == Answer.as_before()
    upstream.publish("1.0", "1.1", "1.2")
    assert upstream.look_up(again).latest_version == "1.2"


@pytest.mark.parametrize("header", [True, False], ids=["header", "body"])
def test_the_same_serial_is_not_judged_again(upstream, header):
    upstream.publish("1.0", "1.1", serial=7, header=header)
    again = asked_again(upstream, PYPI_URL)
    assert "serial:7" in again.seen.split()
    upstream.publish("1.0", "1.1", "1.1.1", serial=7, header=header)
    assert upstream.look_up(again).unchanged
    upstream.publish("1.0", "1.1", "1.2", serial=8, header=header)
    assert upstream.look_up(again).latest_version == "1.2"


def test_all_answers_of_a_look_up_count(upstream):
    upstream.publish("1.0", "1.1")
    upstream.tag("v1.1")
    again = asked_again(upstream, PYPI_URL, GITHUB_URL)
    assert upstream.look_up(again).unchanged
    upstream.tag("v1.1", "v1.2")
    answer = upstream.look_up(again)
    assert [each.code for each in answer.remarks] == ["versions.sources_disagree"]


def test_a_serial_says_nothing_about_a_second_upstream(upstream):
    upstream.publish("1.0", "1.1", serial=7)
    upstream.tag("v1.1")
    again = asked_again(upstream, PYPI_URL, GITHUB_URL)
    assert "serial:7" not in again.seen


def test_a_serial_says_nothing_about_what_could_not_be_asked(upstream):
    upstream.publish("1.0", "1.1", serial=7, times=False)
    again = asked_again(upstream, PYPI_URL)
    assert "serial:7" not in again.seen
    assert upstream.look_up(again).unchanged


def test_one_index_for_many_packages_counts_for_this_one_only(upstream, world):
    def cran(**versions):
        text = "\n".join(f"Package: {n}\nVersion: {v}\n" for n, v in versions.items())
        world.answers(CRAN_INDEX, text.encode())
        world.shared = Shared()

    cran(pkg="1.1", other="1.0")
    again = asked_again(upstream, CRAN_URL)
    cran(pkg="1.1", other="2.0")
    assert upstream.look_up(again).unchanged
    cran(pkg="1.2", other="2.0")
    assert upstream.look_up(again).latest_version == "1.2"


@pytest.mark.parametrize(
    "changes",
    [
        {"current_version": "1.1"},
        {"settings": {"version_updates": {"exclude": ["1.1"]}}},
        {"hidden": {"1.1": "it is broken"}},
        {"pinned": "1.0"},
        {"seen": ""},
        {"judge_again_at": datetime.now(UTC)},
        {"judge_again_at": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_judged_by_has_changed(upstream, changes):
    upstream.publish("1.0", "1.1")
    again = replace(asked_again(upstream, PYPI_URL), **changes)
    assert not upstream.look_up(again).unchanged


def test_another_release_of_botsite_judges_anew(upstream):
    upstream.publish("1.0", "1.1")
    again = asked_again(upstream, PYPI_URL)
    assert not upstream.look_up(again, LookupConfig(INDEX, "1.1")).unchanged
    assert not upstream.look_up(again, LookupConfig(INDEX + "other/", "1.0")).unchanged


def test_a_failure_is_not_remembered(upstream):
    answer = upstream.look_up(subject(PYPI_URL))
    assert answer.outcome.code == "versions.project_not_found"
    assert (answer.seen, answer.judge_again_at) == ("", None)


def test_a_failure_after_an_answer_is_one(upstream, world):
    upstream.publish("1.0", "1.1")
    again = asked_again(upstream, PYPI_URL)
    world.answers(PAGE, "", status=404)
    assert upstream.look_up(again).outcome.code == "versions.project_not_found"


# When a verdict may change by itself


def days_until(answer: Answer) -> float:
    assert answer.judge_again_at
    return (answer.judge_again_at - datetime.now(UTC)) / timedelta(days=1)


def test_it_is_judged_anew_within_a_week(upstream):
    upstream.publish("1.0", "1.1")
    assert 4.9 < days_until(upstream.look_up(subject(PYPI_URL))) < 7.1


def test_it_is_judged_anew_when_a_release_has_cooled_down(upstream):
    upstream.publish("1.0")
    when = datetime.now(UTC) - timedelta(days=1)
    path = PAGE.removeprefix("https:/")
    files = [
        {"filename": "pkg-1.0.tar.gz", "url": "/1.0", "upload-time": "2026-05-06T07:08:09Z"},
        {"filename": "pkg-1.1.tar.gz", "url": "/1.1", "upload-time": when.isoformat()},
    ]
    body = json.dumps({"meta": {"api-version": "1.1"}, "files": files})
    upstream.world.server.route(path, (200, {"Content-Type": SIMPLE}, body))
    settings = {"version_updates": {"cooldown_days": 3}}
    answer = upstream.look_up(subject(PYPI_URL, settings=settings))
    assert answer.latest_version == "1.0"
    assert answer.judge_again_at == when + timedelta(days=3)


def test_what_may_be_a_year_is_judged_anew_in_the_next(upstream, time_machine):
    time_machine.move_to(datetime(2026, 12, 30, tzinfo=UTC))
    upstream.publish("1.0", "2030.1")
    answer = upstream.look_up(subject(PYPI_URL))
    assert answer.judge_again_at == datetime(2027, 1, 1, tzinfo=UTC)
