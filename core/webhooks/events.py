"""What happened, told by polling: apps tell the present state of what changed of late, and what
differs from the last known state is an event.

Nothing is sent by signals, and no app knows who listens. While nobody does, nothing is looked at.
The first look after that only takes note of how things stand.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from core.webhooks.models import Delivery, Known, Watermark, Webhook

log = logging.getLogger(__name__)

SLICE = 500
# Rows become visible when their transaction ends, a little after the time they carry.
OVERLAP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class State:
    """How a subject stands: an event if `value` differs from the one known before and is not
    empty. `document` tells a listener all about it, `moment` when it was written."""

    subject: str
    value: str
    moment: datetime
    document: dict[str, Any]


Teller = Callable[[datetime | None], Iterable[State]]


@dataclass(frozen=True, slots=True)
class EventKind:
    name: str
    title: str
    teller: Teller


_kinds: dict[str, EventKind] = {}


def tells_of(name: str, *, title: str) -> Callable[[Teller], Teller]:
    """Register a function that tells the states written at or after a moment, oldest first; all
    of them for None."""

    def register(teller: Teller) -> Teller:
        if name in _kinds:
            raise ValueError(f"event {name!r} is declared twice")
        _kinds[name] = EventKind(name, title, teller)
        return teller

    return register


def kinds() -> list[EventKind]:
    return sorted(_kinds.values(), key=lambda each: each.name)


def look() -> int:
    """Look at all kinds that anyone listens to; returns how many deliveries were written."""
    hooks = list(Webhook.objects.active())
    wanted = {name for hook in hooks for name in hook.events}
    for name in [each.name for each in kinds() if each.name not in wanted]:
        _forget(name)
    return sum(_look(each, hooks) for each in kinds() if each.name in wanted)


def _look(kind: EventKind, hooks: Sequence[Webhook]) -> int:
    """Oldest first, with the watermark moved after each slice: a look cut short loses nothing."""
    mark = Watermark.objects.filter(event=kind.name).first()
    if mark is None:
        _take_note(kind)
        return 0
    listening = [hook for hook in hooks if kind.name in hook.events]
    written = 0
    for states in _slices(kind.teller(mark.moment - OVERLAP)):
        with transaction.atomic():
            written += _tell(kind.name, states, listening)
            newest = max(mark.moment, *(state.moment for state in states))
            Watermark.objects.filter(event=kind.name).update(moment=newest)
    return written


def _take_note(kind: EventKind) -> None:
    started = timezone.now()
    for states in _slices(kind.teller(None)):
        _remember(kind.name, states)
    Watermark.objects.update_or_create(event=kind.name, defaults={"moment": started})


def _tell(event: str, states: Sequence[State], hooks: Sequence[Webhook]) -> int:
    before = _known(event, states)
    changed = [state for state in states if before.get(state.subject) != state.value]
    if not changed:
        return 0
    _remember(event, changed)
    rows = [
        _delivery(event, state, before.get(state.subject, ""), hook)
        for state in changed
        if state.value
        for hook in hooks
    ]
    Delivery.objects.bulk_create(rows, batch_size=SLICE)
    return len(rows)


def _known(event: str, states: Sequence[State]) -> dict[str, str]:
    rows = Known.objects.filter(event=event, subject__in=[state.subject for state in states])
    return dict(rows.values_list("subject", "value"))


def _remember(event: str, states: Sequence[State]) -> None:
    latest = {state.subject: state.value for state in states}
    Known.objects.bulk_create(
        [Known(event=event, subject=subject, value=value) for subject, value in latest.items()],
        batch_size=SLICE,
        update_conflicts=True,
        unique_fields=["event", "subject"],
        update_fields=["value"],
    )


def _delivery(event: str, state: State, before: str, hook: Webhook) -> Delivery:
    number = uuid.uuid4()
    body = {
        "id": str(number),
        "event": event,
        "at": state.moment,
        "subject": state.subject,
        "before": before,
        "data": state.document,
    }
    text = orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()
    return Delivery(
        webhook=hook, number=number, event=event, subject=state.subject[:255], body=text
    )


def _forget(event: str) -> None:
    if Watermark.objects.filter(event=event).delete()[0]:
        Known.objects.filter(event=event).delete()


def _slices(states: Iterable[State]) -> Iterator[list[State]]:
    """Read to the end before anything is written: SQLite refuses to write beside a cursor that is
    open on what others have changed since."""
    rest = iter(list(states))
    while part := list(islice(rest, SLICE)):
        yield part
