"""Trying many again: what people ask for when the reason why they failed is gone."""

from __future__ import annotations

from django.utils import timezone

from core.jobs import enqueue
from core.overrides import Person
from pulls.acts import leases
from pulls.models import Attempt, PullRequest


def retry_by_outcome(code: str, *, by: Person) -> int:
    """Try all again that ended with this outcome, making proposals or dealing with their forge;
    returns how many. What is in a worker's hands goes on."""
    now = timezone.now()
    made = (
        Attempt.objects.failed().filter(leases.free(now), outcome_code=code).exclude(base_hash="")
    )
    tried = Attempt.objects.filter(leases.free(now), pk__in=made.values("pk")).update(
        number=0, base_hash="", next_try_at=None
    )
    waiting = PullRequest.objects.filter(leases.free(now), outcome_code=code)
    dealt_with = leases.try_again(waiting.exclude(act_at__lte=now), now)
    if tried:
        enqueue("pulls.propose", by=by)
    return tried + dealt_with
