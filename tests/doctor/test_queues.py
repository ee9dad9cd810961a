from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.utils import timezone
from redis.exceptions import ConnectionError as NoRedis

from botsite.doctor import queues
from core import hearsay
from core.jobs import crews
from tests.factories import make_job

pytestmark = pytest.mark.django_db


def all_at_work() -> None:
    for queue in configured.WORKERS:
        crews.report(crews.me(queue))


def test_it_works(wrong):
    all_at_work()
    assert wrong(queues.broker()) == {}
    assert wrong(queues.waiting()) == {}
    assert wrong(queues.workers()) == {}
    assert wrong(queues.versions()) == {}


def test_messages_are_counted_by_queue():
    [finding] = queues.broker()
    assert "0 on default, 0 on net" in finding.outcome.message


def test_a_broker_that_is_gone(wrong, monkeypatch):
    def gone(queue: str) -> int:
        raise NoRedis("Error 111 connecting to redis:6379")

    monkeypatch.setattr(queues, "_messages", gone)
    assert "Error 111" in wrong(queues.broker())["broker_unreachable"].outcome.message


def test_jobs_that_nobody_takes(wrong):
    make_job(queue="net", requested_at=timezone.now() - timedelta(hours=2))
    message = wrong(queues.waiting())["queue_stuck"].outcome.message
    assert message == "1 jobs wait on the queue net, the first for 2 h 0 min."


def test_a_queue_that_nobody_works_for(wrong):
    crews.report(crews.me("default"))
    found = wrong(queues.workers())
    assert "queue net " in found["no_worker"].outcome.message
    assert "manage.py work net" in found["no_worker"].outcome.next


def test_hosts_of_two_versions(wrong):
    all_at_work()
    old = replace(crews.me("web"), host="other", version="0.0.9")
    crews.report(old)
    message = wrong(queues.versions())["versions_differ"].outcome.message
    assert f"other:{old.pid} web: 0.0.9" in message


def test_hosts_of_one_version_whose_migrations_differ(wrong):
    crews.report(replace(crews.me("net"), host="other", schema="0123456789ab"))
    assert "0123456789ab" in wrong(queues.versions())["versions_differ"].outcome.message


def test_a_page_tells_that_the_web_process_is_there(client):
    client.get("/livez")
    assert [crew.role for crew in crews.present()] == ["web"]
    assert hearsay.recall("crews")
