"""Telling webhooks: each delivery once if all goes well, again with back-off if not, and given up
after some days."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from core import overrides
from core.http import DoorError, door
from core.outcomes import OK, Outcome
from core.overrides import Person
from core.webhooks.hooks import key_of, signature
from core.webhooks.models import Delivery, DeliveryState
from core.webhooks.outcomes import GIVEN_UP

DEADLINE_S = 10.0
MAX_BYTES = 64_000  # of an answer that nobody reads
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=12)
MOST_ATTEMPTS = 14  # about four days
HELD = timedelta(minutes=5)  # by who sends it; longer than any attempt takes
BATCH = 100

Progress = Callable[[int, int], None]


def deliver_due(progress: Progress = lambda done, total: None) -> dict[str, int]:
    """Send what is due, the oldest first; returns counts by state."""
    due = list(Delivery.objects.due(timezone.now()).select_related("webhook")[:BATCH])
    ended: dict[str, int] = {}
    for number, row in enumerate(due):
        progress(number, len(due))
        if _claim(row):
            state = _attempt(row)
            ended[state] = ended.get(state, 0) + 1
    return ended


def _claim(row: Delivery) -> bool:
    """The attempt is counted before it is made; a worker that dies leaves it for later."""
    mine = Delivery.objects.filter(
        pk=row.pk, state=DeliveryState.WAITING, next_attempt_at=row.next_attempt_at
    )
    return bool(mine.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + HELD))


def _attempt(row: Delivery) -> str:
    attempts = row.attempts + 1
    try:
        _send(row)
    except DoorError as error:
        return _failed(row, attempts, error)
    return _ended(row, DeliveryState.DELIVERED, OK)


def _send(row: Delivery) -> None:
    now, body = int(time.time()), row.body.encode()
    door().send(
        "POST",
        row.webhook.url,
        body=body,
        headers={
            "X-Botsite-Event": row.event,
            "X-Botsite-Delivery": str(row.number),
            "X-Botsite-Timestamp": str(now),
            "X-Botsite-Signature": signature(key_of(row.webhook), now, body),
        },
        deadline=DEADLINE_S,
        max_bytes=MAX_BYTES,
    )


def _failed(row: Delivery, attempts: int, error: DoorError) -> str:
    if attempts >= MOST_ATTEMPTS:
        outcome = GIVEN_UP.outcome(attempts=attempts, message=error.outcome.message)
        return _ended(row, DeliveryState.DEAD, outcome)
    wait = max(back_off(attempts), timedelta(seconds=error.retry_after or 0))
    Delivery.objects.filter(pk=row.pk).update(
        next_attempt_at=timezone.now() + min(wait, LONGEST_RETRY), outcome=error.outcome.as_dict()
    )
    return DeliveryState.WAITING


def _ended(row: Delivery, state: DeliveryState, outcome: Outcome) -> str:
    Delivery.objects.filter(pk=row.pk, state=DeliveryState.WAITING).update(
        state=state, outcome=outcome.as_dict(), ended_at=timezone.now()
    )
    return state


def back_off(attempts: int) -> timedelta:
    """A minute, doubled with each attempt, twelve hours at most."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LONGEST_RETRY)


def send_again(row: Delivery, *, by: Person) -> bool:
    """Try a dead delivery anew; False if it is not dead, or nobody listens any more."""
    dead = Delivery.objects.filter(pk=row.pk, state=DeliveryState.DEAD, webhook__ended_at=None)
    now = timezone.now()
    if not dead.update(state=DeliveryState.WAITING, attempts=0, next_attempt_at=now, ended_at=None):
        return False
    decision = overrides.decide("send again", f"webhook:{row.webhook_id}", by=by)
    overrides.end(decision, by=by)
    return True
