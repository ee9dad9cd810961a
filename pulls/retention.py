"""How long proposals, and the tries to make them, are remembered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from core.forgetting import forget, stays
from pulls.models import (
    STANDING,
    WANTED,
    Account,
    Attempt,
    Delivery,
    Heard,
    OnForge,
    PullRequest,
    State,
)


def _over(before: datetime) -> QuerySet[PullRequest]:
    """Nothing is wanted of them any more, neither here nor on their forge."""
    ended = PullRequest.objects.filter(made_at__lt=before, act_at=None)
    return ended.exclude(state__in=STANDING).exclude(on_forge=OnForge.OPEN)


@forget(
    "pulls.attempts",
    Attempt,
    title="tries to propose versions that are not the newest any more",
    days=90,
    why="to see why a version was never proposed",
)
def _attempts(before: datetime) -> QuerySet[Attempt]:
    return Attempt.objects.filter(started_at__lt=before).exclude(WANTED)


@forget(
    "pulls.texts",
    PullRequest,
    title="words, diff and recipe of proposals that ended",
    days=90,
    why="to read here what was proposed; they are most of the database",
    emptied={"body": "", "diff": "", "recipe": "", "edits": []},
)
def _texts(before: datetime) -> QuerySet[PullRequest]:
    return _over(before).exclude(body="", diff="", recipe="")


@forget(
    "pulls.overtaken",
    PullRequest,
    title="proposals that a newer version, or the feedstock itself, made needless",
    days=366,
    why="what people merged or closed stays; these nobody decided",
)
def _overtaken(before: datetime) -> QuerySet[PullRequest]:
    return _over(before).filter(state__in=(State.SUPERSEDED, State.WITHDRAWN))


@forget(
    "pulls.deliveries",
    Delivery,
    title="what webhooks of forges told",
    days=30,
    why="a delivery that comes again is recognised",
)
def _deliveries(before: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(received_at__lt=before)


stays("one row for each account", Account)
stays("gone with its proposal", Heard)
