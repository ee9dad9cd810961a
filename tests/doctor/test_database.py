from __future__ import annotations

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from botsite.doctor import database
from core.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_it_works(wrong):
    findings = list(database.look())
    assert wrong(findings) == {}
    assert "migrations are applied" in findings[1].outcome.message


def test_nothing_is_left_of_the_row_it_writes():
    list(database.look())
    assert not Heartbeat.objects.exists()


def test_a_database_that_is_gone(wrong, monkeypatch):
    def gone() -> float:
        raise OperationalError("connection refused")

    monkeypatch.setattr(database, "_latency", gone)
    found = wrong(database.look())
    assert found.keys() == {"database_unreachable"}
    assert "connection refused" in found["database_unreachable"].outcome.message


def test_a_slow_one(wrong, monkeypatch):
    monkeypatch.setattr(database, "SLOW_MS", -1)
    assert wrong(database.look()).keys() == {"database_slow"}


def test_a_migration_that_was_not_applied(wrong):
    rows = MigrationRecorder.Migration.objects
    rows.filter(app="graph").order_by("-name")[0].delete()
    found = wrong(database.look())
    assert found.keys() == {"migrations_missing"}
    assert "graph" in found["migrations_missing"].outcome.message


def test_a_migration_of_a_newer_version(wrong):
    MigrationRecorder.Migration.objects.create(app="core", name="0999_of_tomorrow")
    found = wrong(database.look())
    assert "core.0999_of_tomorrow" in found["database_ahead"].outcome.message


def test_a_migration_of_an_app_that_is_not_installed_is_no_problem(wrong):
    MigrationRecorder.Migration.objects.create(app="elsewhere", name="0001_initial")
    assert wrong(database.look()) == {}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a mode of SQLite")
def test_a_file_that_cannot_have_wal(wrong, monkeypatch):
    def execute(self, query, *values):
        self.fetchone = lambda: ["delete"]
        return self

    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            return None

    Cursor.execute = execute
    monkeypatch.setattr(database.connection, "cursor", lambda: Cursor())
    found = wrong(database._journal())
    assert "delete" in found["not_wal"].outcome.message


def test_one_that_cannot_be_written(wrong, monkeypatch):
    def refuse(**values):
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(Heartbeat.objects, "create", refuse)
    assert wrong(database.look()).keys() == {"database_read_only"}
