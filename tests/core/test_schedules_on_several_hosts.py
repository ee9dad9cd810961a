"""Every host may have a scheduler: what is due is queued once all the same."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage

from core.jobs import schedules

HOSTS = 4

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(settings.REDIS_URL), reason="looks at the queue's table"),
]


def all_schedule_at_once() -> None:
    ready = Barrier(HOSTS)

    def host() -> None:
        ready.wait()
        try:
            scheduler()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(HOSTS) as hosts:
        for each in [hosts.submit(host) for _ in range(HOSTS)]:
            each.result()


def queued() -> Counter[str]:
    return Counter(SignedPackage.loads(row.payload)["args"][0] for row in OrmQ.objects.all())


def test_it_works():
    schedules.sync()
    Schedule.objects.update(next_run=timezone.now() - timedelta(hours=1))

    all_schedule_at_once()
    all_schedule_at_once()

    assert queued() == Counter(each.name for each in schedules.declared())


def test_a_schedule_of_a_newer_version_waits_for_a_host_of_that():
    schedules.fire("core.of_tomorrow")
    assert not schedules.Heartbeat.objects.filter(name="core.of_tomorrow").exists()
