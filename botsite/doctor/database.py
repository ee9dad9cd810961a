"""The database: reachable, of this version, quick, and ready to be written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from botsite import processes
from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem, some
from core.models import Heartbeat

SLOW_MS = 50.0
TRIES = 7


def look() -> Iterator[Finding]:
    """Reachable or not; the rest only if it is."""
    try:
        milliseconds = _latency()
    except DatabaseError as error:
        yield problem(outcomes.DATABASE_UNREACHABLE, error=_words(error))
        return
    yield fine(f"{connection.display_name}, {milliseconds:.1f} ms for a query")
    if milliseconds > SLOW_MS:
        yield problem(outcomes.DATABASE_SLOW, milliseconds=milliseconds)
    yield from _journal()
    schema = list(_schema())
    yield from schema
    if all(each.outcome.ok for each in schema):
        yield from _writable()


def _words(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


def _latency() -> float:
    """Milliseconds, half of the tries took less."""
    with connection.cursor() as cursor:
        spent = []
        for _ in range(TRIES):
            started = time.perf_counter()
            cursor.execute("SELECT 1")
            cursor.fetchone()
            spent.append(time.perf_counter() - started)
    return median(spent) * 1000


def _journal() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
    if mode != "wal":
        yield problem(outcomes.NOT_WAL, mode=mode)


def _schema() -> Iterator[Finding]:
    if missing := processes.unapplied_migrations():
        yield problem(outcomes.MIGRATIONS_MISSING, count=len(missing), first=missing[0])
    loader = MigrationLoader(connection)
    ours = {app for app, _ in loader.disk_migrations}
    if unknown := [
        f"{app}.{name}"
        for app, name in sorted(loader.applied_migrations.keys() - loader.disk_migrations.keys())
        if app in ours and not _is_replaced(loader, (app, name))
    ]:
        yield problem(outcomes.DATABASE_AHEAD, names=some(unknown))
    if not missing and not unknown:
        yield fine(f"all {len(loader.applied_migrations)} migrations are applied")


def _is_replaced(loader: MigrationLoader, key: tuple[str, str]) -> bool:
    """A squashed migration stands for it."""
    return any(key in each.replaces for each in loader.disk_migrations.values())


def _writable() -> Iterator[Finding]:
    """A row is written and taken back."""
    try:
        with transaction.atomic():
            Heartbeat.objects.create(name="botsite.doctor", started_at=timezone.now())
            transaction.set_rollback(True)
    except DatabaseError as error:
        yield problem(outcomes.DATABASE_READ_ONLY, error=_words(error))
