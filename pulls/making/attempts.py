"""Counting tries: a claim before the work, its outcome after it, and when to try again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from core.models import outcome_values
from core.outcomes import Outcome
from graph.models import Feedstock
from pulls.models import MOST_TRIES, WANTED, Attempt, AttemptQuerySet

LEASE = timedelta(minutes=10)  # longer than any one try can take
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(days=1)


def claim(feedstock: Feedstock, now: datetime) -> Attempt | None:
    """The right to make a proposal for the newest version; None if somebody else has it.

    For a recipe that has changed since the last try, tries are counted from the beginning.
    """
    row, _ = Attempt.objects.get_or_create(
        feedstock=feedstock,
        version=feedstock.new_version,
        defaults={"base_hash": feedstock.content_hash},
    )
    before = row.number if row.base_hash == feedstock.content_hash else 0
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    claimed = Attempt.objects.filter(free, pk=row.pk, number=row.number).update(
        number=before + 1,
        base_hash=feedstock.content_hash,
        started_at=now,
        finished_at=None,
        next_try_at=None,
        lease_until=now + LEASE,
    )
    if not claimed:
        return None
    row.refresh_from_db()
    return row


def finish(attempt: Attempt, outcome: Outcome) -> bool:
    """Write down how a claimed try ended; False if its lease ran out and another one began."""
    now = timezone.now()
    mine = Attempt.objects.filter(
        pk=attempt.pk, started_at=attempt.started_at, finished_at=None, number=attempt.number
    )
    again = now + pause(attempt.number) if worth_a_retry(attempt.number, outcome) else None
    ended = mine.update(
        finished_at=now, lease_until=None, next_try_at=again, **outcome_values(outcome)
    )
    return bool(ended)


def let_go(tries: AttemptQuerySet) -> int:
    """Take tries out of hands that can't be there any more."""
    return tries.update(lease_until=None)


def worth_a_retry(number: int, outcome: Outcome) -> bool:
    return outcome.transient and number < MOST_TRIES


def pause(number: int) -> timedelta:
    """Doubled from try to try, up to a day."""
    return min(FIRST_PAUSE * float(1 << min(number - 1, 16)), LONGEST_PAUSE)


def forget_unwanted() -> None:
    """Should a version that nobody wants any more be wanted again, it is proposed again."""
    done = Attempt.objects.filter(outcome_code="ok").exclude(base_hash="").exclude(WANTED)
    pks = list(done.values_list("pk", flat=True)[:500])
    Attempt.objects.filter(pk__in=pks).update(base_hash="")


def try_again(feedstock: Feedstock, now: datetime) -> None:
    """Forget how the tries for the newest version ended; one that is in hand goes on."""
    Attempt.objects.filter(feedstock=feedstock, version=feedstock.new_version).filter(
        Q(lease_until=None) | Q(lease_until__lte=now)
    ).update(number=0, base_hash="", next_try_at=None)
