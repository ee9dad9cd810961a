from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import HostState
from tests.factories import make_job, make_package, make_sweep, make_user
from versions.models import Package
from versions.planning.pauses import pause_lanes

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def due(name: str, age: timedelta = MINUTE, **columns) -> Package:
    now = timezone.now()
    defaults = {"next_check_at": now - age, "checked_at": now - 5 * HOUR}
    return make_package(name, **{**defaults, **columns})


def later(name: str, **columns) -> Package:
    return due(name, -3 * HOUR, **columns)


def in_hand(name: str, **columns) -> Package:
    lease = {"lease_token": "1-abc", "lease_until": timezone.now() + MINUTE}
    return due(name, **{**lease, **columns})


def test_the_most_urgent_comes_first_and_says_why(page, words):
    due("usual")
    due("long", 2 * HOUR)
    due("urgent", priority=900)
    due("failed", failures=3)
    due("new", checked_at=None)
    later("later")
    said = words(page("/versions/queue/"))
    assert "5 packages are due." in said
    names = ("urgent", "long", "usual", "failed", "new")
    places = [said.index(f" {name} index ") for name in names]
    assert places == sorted(places)
    assert "urgent index Priority 900. 1 min ago" in said
    assert "long index Its usual time has come." in said
    assert "failed index It failed 3 times in a row." in said
    assert "new index It was never checked." in said
    assert " later " not in said


def test_what_is_in_hand_is_counted_apart(page, words):
    due("numpy")
    in_hand("scipy")
    in_hand("polars", next_check_at=timezone.now() + HOUR)
    said = words(page("/versions/queue/"))
    assert "1 package is due, 2 in a worker's hands." in said
    assert "index Being checked 1 2" in said


def test_when_nothing_is_due_it_says_when_something_is(page, words):
    later("numpy")
    said = words(page("/versions/queue/"))
    assert "0 packages are due; the next one comes due in 2 h." in said
    assert "Every watched package was checked not long ago." in said


def test_it_works_with_an_empty_database(page, words):
    said = words(page("/versions/queue/"))
    assert "Nothing is watched" in said
    assert "Nobody waits for anything." in said


def test_lanes_are_listed_with_what_holds_them(page, words):
    due("one", lane="down.example.org")
    due("two", lane="paused.example.org")
    HostState.objects.create(
        origin="https://down.example.org",
        in_flight=1,
        rate=1,
        blocked_until=timezone.now() + HOUR,
    )
    pause_lanes("paused.example.org", by=make_user("carol"), reason="They move")
    said = words(page("/versions/queue/"))
    assert "down.example.org Left alone 1 0" in said
    assert "paused.example.org Paused by carol: They move 1 0" in said


def test_one_lane_alone(page, words):
    due("numpy")
    due("other", lane="github.com")
    said = words(page("/versions/queue/", lane="github.com"))
    assert "Next in github.com" in said
    assert " other github.com" in said
    assert " numpy index" not in said


def test_what_people_asked_for_is_told(page, words):
    make_job("pipeline.check", "sample/numpy", requested_by=make_user("alice"))
    make_job("core.ping", "by the schedule")
    said = words(page("/versions/queue/"))
    assert "Check one package now Queued sample/numpy by alice, just now" in said
    assert "by the schedule" not in said


def test_the_place_of_a_package(page, words):
    for number in range(3):
        due(f"before-{number}", HOUR)
    due("elsewhere", HOUR, lane="github.com")
    due("numpy")
    started_at = timezone.now() - HOUR
    make_sweep(
        started_at=started_at,
        finished_at=started_at + timedelta(seconds=100),
        lanes={"index": {"due": 20, "checked": 20}},
    )
    said = words(page("/versions/queue/", q="sample/numpy"))
    assert "Place 4, 3 of its lane come first; about 20 s at the speed of the last sweep" in said


def test_there_is_no_telling_when_a_lane_does_not_move(page, words, db):
    due("numpy")
    make_sweep(checked=20, lanes={"index": {"due": 20, "checked": 20}})
    assert "; about" in words(page("/versions/queue/", q="sample/numpy"))
    pause_lanes("index", by=None)
    said = words(page("/versions/queue/", q="sample/numpy"))
    assert "Place 1, the next of its lane Why Its usual time has come. Its lane is paused." in said


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (due, "Place 1, the next of its lane"),
        (later, "Place due in 2 h Why It was checked, and is not due yet."),
        (in_hand, "Place being checked Why A worker has it now."),
        (lambda name: due(name, paused=True), "Place none Why Its checks are paused."),
    ],
)
def test_what_has_no_place_says_why(page, words, make, told, db):
    make("numpy")
    assert told in words(page("/versions/queue/", q="sample/numpy"))


def test_a_name_that_nobody_or_several_have(page, words, db):
    assert "No package called numpy is watched." in words(page("/versions/queue/", q="numpy"))
    due("numpy")
    due("numpy", channel="other")
    html = page("/versions/queue/", q="numpy")
    assert "Several packages are called numpy:" in words(html)
    assert "?q=other%2Fnumpy" in html
    assert "?q=sample%2Fnumpy" in html


def test_a_name_leads_to_its_key(client, db):
    due("numpy")
    response = client.get("/versions/queue/?q=numpy&lane=index")
    assert response["Location"] == "/versions/queue/?q=sample%2Fnumpy&lane=index"


def test_it_needs_few_queries(page, staff, settings, django_assert_max_num_queries):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    for number in range(60):
        due(f"p{number}", lane=f"host-{number}.example.org")
    page("/jobs/")
    with django_assert_max_num_queries(12):
        page("/versions/queue/", q="sample/p3")
