"""One list of the package index tells which of its packages changed."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.index import JSON
from tests.versions.watching import watched
from versions import bulk, sweep
from versions.asking.configuration import lookup_config
from versions.bulk import index_changes
from versions.bulk.index_changes import IndexChanges
from versions.models import Package
from versions.planning import planner
from versions.shifts.looking import subject_of

pytestmark = pytest.mark.django_db

NAMES = ("numpy", "scipy", "pandas")


@pytest.fixture
def judged(index, settings):
    """Three packages of an index with serials, checked once and due again."""
    settings.INDEX_LIST_LEAST = 3
    watched(*NAMES)
    for name in NAMES:
        index.publish(name, ["1.0", "1.1"], serial=7)
    index.publish_list(numpy=7, scipy=7, pandas=7, unwatched=7)
    sweep.run_sweep()
    planner.hasten(Package.objects.all())
    index.server.requests.clear()
    return index


def changes() -> IndexChanges:
    """As another process would know them: nothing yet."""
    return IndexChanges(lookup_config().index_endpoint)


def subjects():
    return [subject_of(each, ()) for each in Package.objects.order_by("pk")]


def answered(batch: bulk.Batch | None) -> dict[str, bool]:
    """By name, whether the last answer still holds; the others are to be looked up singly."""
    assert batch
    answers = list(batch.answer(subjects()))
    assert len(answers) == len(NAMES)
    return {key.removeprefix("test/"): bool(answer and answer.unchanged) for key, answer in answers}


def asked_for_list(index) -> int:
    return index.server.paths().count("/simple/")


def test_it_works(judged):
    judged.publish("scipy", ["1.0", "1.1", "1.2"], serial=9)
    judged.publish_list(numpy=7, scipy=9, pandas=7)
    done = sweep.run_sweep()
    assert judged.server.paths() == ["/simple/", "/simple/scipy/"]
    assert (done.due, done.checked, done.changed, done.unchanged) == (3, 3, 1, 2)
    assert Package.objects.get(name="scipy").latest_version == "1.2"


def test_what_was_judged_is_compared_by_its_serial(judged):
    judged.publish_list(numpy=7, scipy=8)
    unchanged = answered(changes().offered(3))
    assert unchanged == {"numpy": True, "scipy": False, "pandas": False}
    assert judged.server.paths() == ["/simple/"]


def test_few_packages_are_not_worth_it(judged, settings):
    assert changes().offered(2) is None
    settings.INDEX_LIST_LEAST = 4
    assert changes().offered(4) is None
    assert asked_for_list(judged) == 0


def test_packages_without_a_serial_are_not_worth_it(judged):
    Package.objects.filter(name="numpy").update(seen="")
    assert changes().offered(3) is None


def test_a_full_look_is_due_now_and_then(judged):
    Package.objects.filter(name="numpy").update(judge_again_at="2026-01-01T00:00:00Z")
    assert changes().offered(3) is None


def test_while_it_is_at_hand_it_serves_any_number(judged):
    known = changes()
    answered(known.offered(3))
    assert known.offered(1)
    answered(known.offered(1))
    assert asked_for_list(judged) == 1


def test_other_processes_are_told(judged):
    answered(changes().offered(3))
    answered(changes().offered(3))
    assert asked_for_list(judged) == 1


def test_processes_that_want_it_at_once_fetch_it_once(judged):
    batches = [changes().offered(3) for _ in range(2)]
    asked = subjects()
    threads = [threading.Thread(target=lambda b=each: list(b.answer(asked))) for each in batches]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert asked_for_list(judged) == 1


def test_a_list_that_has_not_changed_is_not_sent_again(judged, time_machine):
    body = json.dumps({"projects": [{"name": name, "_last-serial": 7} for name in NAMES]})
    sent = []

    def answer(request):
        sent.append(request.headers.get("If-None-Match"))
        return (304, {}, b"") if sent[-1] else (200, {**JSON, "ETag": '"one"'}, body)

    judged.server.route("/simple/", answer)
    known = changes()
    answered(known.offered(3))
    time_machine.move_to(timezone.now() + timedelta(seconds=index_changes.FRESH_SECONDS + 1))
    assert all(answered(known.offered(3)).values())
    assert sent == [None, '"one"']


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"Content-Type": "text/html"}, "<!DOCTYPE html><html><body></body></html>"),
        (200, JSON, '{"projects": [{"name": "numpy"}]}'),
        (404, {}, b"no"),
        (406, {}, b"no"),
        (503, {}, b"no"),
        (200, JSON, '{"projects": [{"name'),
        (200, {**JSON, "Content-Encoding": "gzip"}, b"no gzip"),
    ],
    ids=["html", "no serials", "absent", "no json", "down", "cut", "garbage"],
)
def test_without_the_list_each_is_looked_up(judged, reply):
    judged.server.route("/simple/", reply)
    known = changes()
    assert not any(answered(known.offered(3)).values())
    assert known.offered(3) is None
    assert changes().offered(3) is None


def test_an_index_without_serials_is_not_asked_again_for_a_day(judged, time_machine):
    judged.server.route("/simple/", (404, {}, b"no"))
    answered(changes().offered(3))
    time_machine.move_to(timezone.now() + timedelta(hours=23))
    assert changes().offered(3) is None


def test_a_list_that_is_too_long_is_not_read(judged, monkeypatch):
    monkeypatch.setattr(index_changes, "MAX_BYTES", 50)
    assert not any(answered(changes().offered(3)).values())


def test_other_lanes_have_no_list():
    assert bulk.offered("cran", 5000) is None
