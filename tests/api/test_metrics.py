from __future__ import annotations

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core.models import Heartbeat, HostState, Measurement
from tests.factories import (
    make_answered,
    make_heartbeat,
    make_job,
    make_outdated,
    make_package,
    make_sweep,
)


@pytest.fixture
def figures(client, db):
    def read() -> dict[tuple[str, ...], float]:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(response.content.decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return read


def test_it_works(figures):
    make_outdated("numpy")
    make_answered("numpy")
    make_answered("six", outcome_code="http.timeout")
    make_package("new")
    make_job()
    make_sweep(finished_at=timezone.now(), requests=7)
    make_heartbeat(age_s=30)
    HostState.objects.create(origin="https://example.org", in_flight=8, rate=20)
    Measurement.objects.create(taken_at=timezone.now(), figures={"versions.age_p95_s": 60.0})

    found = figures()

    assert found["botsite_watched_packages", "ok"] == 1
    assert found["botsite_watched_packages", "http.timeout"] == 1
    assert found["botsite_watched_packages", "none"] == 1
    assert found["botsite_feedstocks", "outdated"] == 1
    assert found["botsite_jobs", "core.ping", "default", "queued"] == 1
    assert found["botsite_hosts", "closed"] == 1
    assert found["botsite_last_sweep_requests",] == 7
    assert found["botsite_schedule_age_seconds", "core.recover"] == pytest.approx(30, abs=20)
    assert found["botsite_versions_age_p95_seconds",] == 60


def test_a_fresh_site_has_metrics_too(figures):
    assert any(name == "botsite_info" for name, *_ in figures())


def test_hostile_labels_are_escaped(figures):
    make_answered("six", outcome_code='a"b\n{c}\\')
    assert figures()["botsite_watched_packages", 'a"b\n{c}\\'] == 1


def test_it_takes_few_queries(client, db, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        client.get("/metrics")


def test_alarms_that_stand(figures):
    outcome = {"code": "versions.nothing_is_checked", "message": "Nothing was checked."}
    make_heartbeat("versions.watch_lanes")
    Heartbeat.objects.update(outcome=outcome)
    assert figures()["botsite_alarm", "versions.nothing_is_checked"] == 1


def test_without_an_alarm_there_is_no_figure_of_one(figures):
    make_heartbeat()
    assert not any(name == "botsite_alarm" for name, *_ in figures())
