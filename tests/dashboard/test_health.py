from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from botsite import health
from core.jobs import schedules
from core.outcomes import INTERNAL
from tests.factories import make_heartbeat, make_package, make_user
from versions.outcomes import LANE_STANDS_STILL
from versions.planning import pauses

STANDS_STILL = LANE_STANDS_STILL.outcome(lanes="index", minutes=30, packages="1,234")


@pytest.fixture(autouse=True)
def _awake(monkeypatch) -> None:
    """The site started long ago."""
    monkeypatch.setattr(health, "STARTED_AT", timezone.now() - timedelta(hours=3))


def ended(outcome, name: str = "core.recover", **columns) -> None:
    beat = make_heartbeat(name, **columns)
    beat.outcome = outcome.as_dict()
    beat.save(update_fields=["outcome"])


def codes(response) -> list[str]:
    return [each["code"] for each in response.json()["alarms"]]


def test_livez_says_that_the_process_answers(client):
    assert client.get("/livez").content == b"ok\n"


def test_healthz_is_well_while_schedules_run(client, db):
    make_heartbeat(age_s=42)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["alarms"] == []
    assert response.json()["heartbeat_age_s"] == pytest.approx(42, abs=30)


def test_the_youngest_heartbeat_counts(client, db):
    make_heartbeat("hourly", age_s=3000)
    make_heartbeat("minutely", age_s=10)
    assert client.get("/healthz").status_code == 200


def test_healthz_fails_when_schedules_stopped(client, db):
    make_heartbeat(age_s=3600)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "failing")
    assert codes(response) == ["botsite.silent"]
    assert "No schedule has run for 1 h" in response.json()["alarms"][0]["message"]


def test_healthz_fails_when_no_schedule_ever_ran(client, db):
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["heartbeat_age_s"] is None
    assert "for 3 h" in response.json()["alarms"][0]["message"]


@pytest.mark.parametrize("age_s", [None, 36_000])
def test_right_after_a_start_silence_is_no_alarm(client, db, monkeypatch, words, age_s):
    monkeypatch.setattr(health, "STARTED_AT", timezone.now() - timedelta(seconds=60))
    if age_s:
        make_heartbeat(age_s=age_s)
    assert client.get("/healthz").status_code == 200
    assert "Bot is starting" in words(client.get("/jobs/").content.decode())
    monkeypatch.setattr(health, "STARTED_AT", timezone.now() - timedelta(seconds=100))
    assert client.get("/healthz").status_code == 503


def test_what_a_schedule_found_amiss_is_an_alarm(client, db):
    ended(STANDS_STILL)
    response = client.get("/healthz")
    assert (response.status_code, codes(response)) == (503, ["versions.lane_stands_still"])


def test_a_schedule_that_breaks_is_an_alarm(client, db):
    ended(INTERNAL.outcome(error="KeyError"))
    response = client.get("/healthz")
    assert codes(response) == ["botsite.schedule_fails"]
    assert "core.recover failed" in response.json()["alarms"][0]["message"]


def test_what_passes_by_itself_and_what_is_no_schedule_any_more_are_none(client, db):
    from core.http.outcomes import TIMEOUT

    ended(TIMEOUT.outcome(host="example.org", url="https://example.org/", seconds=5))
    ended(STANDS_STILL, name="was.removed")
    assert client.get("/healthz").status_code == 200


def test_each_page_shows_the_alarm(client, db, words):
    ended(STANDS_STILL)
    for url in ("/", "/versions/", "/jobs/"):
        said = words(client.get(url).content.decode())
        assert "A lane stands still. In 30 minutes nothing was checked of index" in said


def test_each_page_tells_that_checks_are_paused_and_that_is_no_alarm(client, db, words):
    make_heartbeat()
    pauses.pause_lanes(by=make_user("carol"), reason="The proxy is moved")
    for url in ("/", "/jobs/", "/versions/queue/"):
        said = words(client.get(url).content.decode())
        assert "All checks are paused since just now, by carol: The proxy is moved" in said
    response = client.get("/healthz")
    assert (response.status_code, response.json()["paused"]) == (200, True)
    pauses.resume_lanes(by=None)
    assert "All checks are paused" not in words(client.get("/").content.decode())
    assert client.get("/healthz").json()["paused"] is False


def test_it_is_logged_once_in_a_while(client, db, caplog, settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path,
        }
    }
    ended(STANDS_STILL)
    for _ in range(3):
        client.get("/healthz")
    lines = [each for each in caplog.records if each.name == "botsite.health"]
    assert [each.levelname for each in lines] == ["ERROR"]
    assert "versions.lane_stands_still" in lines[0].getMessage()


def test_a_schedule_finds_a_lane_that_stands_still(client, db, settings):
    from core.models import Measurement

    settings.CHECK_GATHER_MINUTES = 0
    now = timezone.now()
    Measurement.objects.create(taken_at=now - timedelta(minutes=32))
    make_package(next_check_at=now - timedelta(hours=1))
    schedules.fire("versions.watch_lanes")
    assert codes(client.get("/healthz")) == ["versions.nothing_is_checked"]


def test_healthz_fails_without_a_database(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("botsite.views.health.health", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "OperationalError"
