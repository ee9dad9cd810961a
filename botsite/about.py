"""What this bot is made of and how it is set, without anything secret."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django_q.models import Schedule

from core.jobs import schedules
from core.jobs.schedules import PAUSED
from core.models import Heartbeat
from core.outcomes import Outcome

# What an operator most often asks after: name in docs/settings.md, attribute of the settings.
SHOWN = (
    ("BOTSITE_CHECK_INTERVAL_HOURS", "CHECK_INTERVAL_HOURS"),
    ("BOTSITE_CHECK_INTERVAL_LEAST_HOURS", "CHECK_INTERVAL_LEAST_HOURS"),
    ("BOTSITE_CHECK_INTERVAL_MOST_HOURS", "CHECK_INTERVAL_MOST_HOURS"),
    ("BOTSITE_CHECK_GATHER_MINUTES", "CHECK_GATHER_MINUTES"),
    ("BOTSITE_CHECK_DEAD_AFTER", "CHECK_DEAD_AFTER"),
    ("BOTSITE_CHECK_THREADS", "CHECK_THREADS"),
    ("BOTSITE_READER_PROCESSES", "READER_PROCESSES"),
    ("BOTSITE_GITHUB_SIGN_UP", "GITHUB_SIGN_UP"),
    ("BOTSITE_LOG_LEVEL", "LOG_LEVEL"),
)
# Of these only whether they are set.
SECRET = (
    ("BOTSITE_GITHUB_TOKEN", "GITHUB_TOKEN"),
    ("BOTSITE_GITHUB_WRITE_TOKEN", "GITHUB_WRITE_TOKEN"),
    ("BOTSITE_GITHUB_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET"),
    ("BOTSITE_GITHUB_OAUTH_ID", "GITHUB_OAUTH_ID"),
)


@dataclass(frozen=True, slots=True)
class Fact:
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """`next_run` is None for a schedule that is paused, or that no cluster knows yet."""

    name: str
    title: str
    minutes: int
    ran_at: datetime | None
    next_run: datetime | None
    paused: bool
    outcome: Outcome | None


def facts() -> list[Fact]:
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    ours = [each for each in ("pulls", "graph", "versions", "core") if apps.is_installed(each)]
    return [
        Fact("Version", settings.VERSION),
        Fact("Python", platform.python_version()),
        Fact("Django", django.get_version()),
        Fact("Database", vendor.get(connection.vendor, connection.vendor)),
        Fact("Queue", "Redis" if settings.REDIS_URL else "the database"),
        Fact("Apps", ", ".join(ours)),
    ]


def settings_shown() -> list[Fact]:
    plain = [Fact(name, str(getattr(settings, attribute))) for name, attribute in SHOWN]
    secret = [
        Fact(name, "set" if getattr(settings, attribute) else "not set")
        for name, attribute in SECRET
    ]
    return plain + secret


def schedule_rows() -> list[ScheduleRow]:
    """All that the code declares, with what the table and the last run say of it."""
    rows = {each.name: each for each in Schedule.objects.filter(func=schedules.FIRE)}
    beats = {each.name: each for each in Heartbeat.objects.all()}
    return [_schedule(each, rows, beats) for each in schedules.declared()]


def _schedule(
    declared: schedules.Declared, rows: dict[str | None, Schedule], beats: dict[str, Heartbeat]
) -> ScheduleRow:
    row, beat = rows.get(declared.name), beats.get(declared.name)
    paused = row is not None and row.repeats == PAUSED
    return ScheduleRow(
        declared.name,
        declared.title,
        declared.minutes,
        beat.started_at if beat else None,
        None if row is None or paused else row.next_run,
        paused,
        Outcome.from_dict(beat.outcome) if beat and beat.outcome else None,
    )


def channels() -> Iterable[object]:
    """Only their names and kinds: an address may hold a password."""
    if not apps.is_installed("graph"):
        return []
    from graph.models import Channel

    return Channel.objects.only("name", "kind", "last_read_at")
