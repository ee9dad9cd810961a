"""People's decisions not to propose a version, and to propose one after all."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from core import overrides
from core.models import Override
from core.overrides import Person
from graph.models import Feedstock
from pulls.acts import leases
from pulls.making import attempts
from pulls.models import STANDING, OnForge, PullRequest, PullRequestQuerySet, State
from versions.choosing.schemes import same_version

KIND = "reject"


def reject(feedstock: Feedstock, version: str, *, by: Person, reason: str = "") -> Override:
    """Never propose this version; where it is open already, it is closed."""
    with transaction.atomic():
        _end(feedstock, version, by)
        decision = overrides.decide(
            KIND, feedstock.key, by=by, reason=reason, value={"version": version}
        )
        standing = _rows(feedstock, version).filter(state__in=STANDING)
        standing.update(state=State.CLOSED, act_at=timezone.now())
    return decision


def allow(feedstock: Feedstock, version: str, *, by: Person) -> None:
    """Propose this version whatever was decided or tried before: a rejection here, a pull request
    that people closed, tries that failed."""
    now = timezone.now()
    with transaction.atomic():
        _end(feedstock, version, by)
        rows = _rows(feedstock, version)
        closed = rows.filter(state=State.CLOSED)
        closed.filter(on_forge=OnForge.OPEN).update(state=State.OPEN)
        closed.update(state=State.WITHDRAWN)
        leases.try_again(rows, now)
        attempts.try_again(feedstock, now)


def is_of(decision: Override, version: str) -> bool:
    """Whether a decision rejects a version."""
    return decision.kind == KIND and same_version(decision.value["version"], version)


def _end(feedstock: Feedstock, version: str, by: Person) -> None:
    for decision in Override.objects.active().filter(kind=KIND, target=feedstock.key):
        if is_of(decision, version):
            overrides.end(decision, by=by)


def _rows(feedstock: Feedstock, version: str) -> PullRequestQuerySet:
    return PullRequest.objects.filter(feedstock=feedstock, version=version)
