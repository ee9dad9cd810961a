"""What people decide about one proposal, each time with a row that tells who did. That a version
is never to be proposed is in `pulls.acts.rejections`."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import overrides
from core.models import Override
from core.overrides import Person
from pulls.acts import leases
from pulls.models import STANDING, OnForge, PullRequest, PullRequestQuerySet, State

HASTEN, RETRY, CLOSE = "hasten", "retry", "close"
KINDS = (HASTEN, RETRY, CLOSE)
HASTENED = timedelta(days=30)


def hasten(pull: PullRequest, *, by: Person, reason: str = "") -> bool:
    """Open it whatever it would wait for: what it is built with, the slow start of its maintainers.
    For the budget of the account it waits like all others. False if it isn't wanted any more."""
    now = timezone.now()
    with transaction.atomic():
        done = leases.try_again(_row(pull).filter(state__in=STANDING), now)
        if done:
            overrides.undo(HASTEN, pull.feedstock.key, by=by)
            _decide(HASTEN, pull, by, reason, lasts=HASTENED)
    return bool(done)


def hastens(decision: Override, version: str) -> bool:
    return decision.kind == HASTEN and decision.value["version"] == version


def retry(pull: PullRequest, *, by: Person, reason: str = "") -> bool:
    """Deal with its forge again at once; False if nothing is wrong with it."""
    now = timezone.now()
    with transaction.atomic():
        done = leases.try_again(_row(pull).troubled(), now)
        if done:
            _decide(RETRY, pull, by, reason)
    return bool(done)


def close(pull: PullRequest, *, by: Person, reason: str = "") -> bool:
    """Have the bot close it, as people may on its forge, where they may also reopen it; False if it
    isn't open there."""
    now = timezone.now()
    with transaction.atomic():
        there = _row(pull).filter(on_forge=OnForge.OPEN).exclude(state=State.CLOSED)
        # One that people reopened before would be left alone for having ended once.
        done = there.update(state=State.CLOSED, ended_at=None, act_at=now)
        if done:
            _decide(CLOSE, pull, by, reason)
    return bool(done)


def _row(pull: PullRequest) -> PullRequestQuerySet:
    return PullRequest.objects.filter(pk=pull.pk)


def _decide(
    kind: str, pull: PullRequest, by: Person, reason: str, *, lasts: timedelta | None = None
) -> None:
    overrides.decide(
        kind,
        pull.feedstock.key,
        by=by,
        reason=reason,
        value={"version": pull.version},
        expires_at=timezone.now() + lasts if lasts else None,
    )
