"""How long the tables of Django and of the libraries remember."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django_q.models import OrmQ, Schedule, Task

from core.forgetting import forget, stays


@forget(
    "botsite.sessions",
    Session,
    title="sessions that expired",
    days=7,
    why="who comes back signs in again; they are of no use",
)
def _sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before)


@forget(
    "botsite.admin_log",
    LogEntry,
    title="the admin's log of what was changed there",
    days=366,
    why="to see who changed an account; decisions have a list of their own",
)
def _admin_log(before: datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)


@forget(
    "botsite.queue_failures",
    Task,
    title="tasks of the queue that failed",
    days=30,
    why="for the traceback; how a job ended stands in its own row",
)
def _tasks(before: datetime) -> QuerySet[Task]:
    return Task.objects.filter(stopped__lt=before)


stays("as many as there are people", User, EmailAddress, EmailConfirmation)
stays("as many as there are people", SocialAccount, SocialToken)
stays("made by migrations", ContentType, Group, Permission, SocialApp)
stays("what waits in the queue", OrmQ)
stays("one row for each schedule", Schedule)
