"""A shift whose connection to the database breaks goes on, and does nothing twice."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from tests.cluster import test_environment
from tests.versions.watching import watched
from versions.models import Package, Sweep, VersionChange
from versions.shifts import ledger
from versions.shifts.shift import Shift

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection"),
]

NAMES = [f"package-{number}" for number in range(60)]


def break_connections() -> None:
    with psycopg.connect(test_environment()["DATABASE_URL"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_it_works(index, settings, monkeypatch):
    settings.CHECK_THREADS = 2
    monkeypatch.setattr(ledger, "FLUSH_SECONDS", 0.02)
    for name in NAMES:
        index.publish(name, ["1.0", "1.1"])
    watched(*NAMES)
    broken: list[int] = []

    def progress(done: int, total: int) -> None:
        if done < total and len(broken) < 5:
            broken.append(done)
            break_connections()

    run = Sweep.objects.create(trigger=Sweep.Trigger.COMMAND)
    Shift(run, progress=progress).work()

    assert len(broken) == 5
    assert set(Package.objects.values_list("checks", "outcome_code")) == {(1, "ok")}
    assert VersionChange.objects.count() == len(NAMES)
    run.refresh_from_db()
    assert run.checked == len(NAMES)
    assert not Package.objects.exclude(lease_token="").exists()
