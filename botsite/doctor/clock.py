"""Clocks: leases, schedules and rate limits go by the time of day, on all hosts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem
from core.http import DoorError, door

MOST_SECONDS = 10.0
DEADLINE = 10.0


def of_database() -> Iterator[Finding]:
    """SQLite has the clock of this host."""
    if connection.vendor == "sqlite":
        yield fine("the database has the clock of this host")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    yield _compared("the database", theirs)


def of_index() -> Iterator[Finding]:
    """By the header `Date` of the index; a host that can't be reached is for another check."""
    try:
        answer = door().head(
            settings.BOTSITE_HTTP["index_endpoint"],
            deadline=DEADLINE,
            accept_statuses=range(200, 600),
        )
    except DoorError:
        return
    if moment := _date(answer.headers.get("date", "")):
        yield _compared("the package index", moment)


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _compared(whose: str, theirs: datetime) -> Finding:
    seconds = abs((theirs - timezone.now()).total_seconds())
    if seconds > MOST_SECONDS:
        return problem(outcomes.CLOCK_DIFFERS, whose=whose, seconds=seconds)
    return fine(f"{whose} agrees, to within {seconds:.1f} s")
