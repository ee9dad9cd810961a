from __future__ import annotations

import pytest
from django.db import OperationalError

from tests.factories import make_heartbeat


def test_livez_says_that_the_process_answers(client):
    assert client.get("/livez").content == b"ok\n"


def test_healthz_is_well_while_schedules_run(client, db):
    make_heartbeat(age_s=42)
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["heartbeat_age_s"] == pytest.approx(42, abs=30)


def test_the_youngest_heartbeat_counts(client, db):
    make_heartbeat("hourly", age_s=3000)
    make_heartbeat("minutely", age_s=10)
    assert client.get("/healthz").status_code == 200


def test_healthz_fails_when_schedules_stopped(client, db):
    make_heartbeat(age_s=3600)
    response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "failing")


def test_healthz_fails_before_the_first_schedule(client, db):
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["heartbeat_age_s"] is None


def test_healthz_fails_without_a_database(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("botsite.views.health.liveness", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "OperationalError"
