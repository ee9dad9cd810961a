"""Leases that nobody gives back: left by a fault of ours, or by a clock that was wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem
from core.jobs import recover
from core.models import Job
from versions.models import DEATHS, Package
from versions.planning import planner

PATIENCE = timedelta(minutes=10)  # in which whoever takes over would have


@dataclass(frozen=True, slots=True)
class Leased:
    """Rows that are held by a lease. `let_go` takes those that are stuck, and says how many."""

    what: str
    rows: QuerySet[Any]
    lasts: timedelta
    let_go: Callable[[Any], int]

    def stuck(self, now: datetime) -> QuerySet[Any]:
        over = Q(lease_until__lt=now - PATIENCE)
        beyond_any = Q(lease_until__gt=now + self.lasts + PATIENCE)
        return self.rows.filter(over | beyond_any)


def look() -> Iterator[Finding]:
    now = timezone.now()
    found = False
    for each in leased():
        if count := each.stuck(now).count():
            found = True
            mend = partial(_mend, each, now)
            yield problem(outcomes.LEASES_STUCK, mend, count=count, what=each.what)
    if not found:
        yield fine("no lease is stuck")


def _mend(leased: Leased, now: datetime) -> str:
    return f"{leased.let_go(leased.stuck(now))} {leased.what} were let go of"


def leased() -> Iterator[Leased]:
    """Packages that killed whoever looked them up are left alone on purpose."""
    checks = timedelta(seconds=settings.CHECK_LEASE_SECONDS)
    jobs = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    yield Leased("jobs", Job.objects.running(), jobs, recover.let_go)
    innocent = Package.objects.exclude(lease_token="").filter(attempts__lt=DEATHS)
    yield Leased("packages", innocent, checks, planner.let_go)
    if apps.is_installed("pulls"):
        yield from _of_pulls()


def _of_pulls() -> Iterator[Leased]:
    from pulls.acts import leases as proposals
    from pulls.making import attempts
    from pulls.models import Attempt, PullRequest

    open_tries = Attempt.objects.filter(finished_at=None)
    yield Leased("tries to propose", open_tries, attempts.LEASE, attempts.let_go)
    lasts = timedelta(seconds=settings.PULLS_LEASE_SECONDS)
    held = PullRequest.objects.exclude(lease_token="")
    yield Leased("proposals", held, lasts, proposals.let_go)
