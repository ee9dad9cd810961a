"""Taking over what another bot answers, where a channel's place keeps that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from core import statements
from graph.channels import Spec
from graph.channels.bot_answers import Answer
from graph.comparison.models import Kind, TheirAnswer
from graph.models import Channel
from graph.slices import slices

TAKEN = ("version", "error", "update_error")
COMPARED = ("our_version", "kind", "kind_since", "rule", "reason")
COLUMNS = ("feedstock", *TAKEN, "seen_at", "version_since", *COMPARED)


@dataclass(frozen=True, slots=True)
class Held:
    """What is on record of a feedstock."""

    pk: int
    answer: Answer
    version_since: datetime | None

    def since(self, answer: Answer, now: datetime) -> datetime | None:
        """Since when they have had the version of a newer answer. One that follows nothing but a
        failure may be an old one."""
        if answer.version == self.answer.version:
            return self.version_since
        return now if self.answer.version or not self.answer.error else None


def take_over(channel: Channel, spec: Spec, position: str) -> int:
    """Write down what changed, and forget what is no longer there, or no longer built. Returns how
    many rows changed. A place without answers leaves what is known alone, and one where it was at
    the last reading is not looked through again."""
    if position and position == channel.report.get("position") and _has_any(channel):
        return 0
    rows = channel.feedstocks.present().filter(archived=False)
    feedstocks = dict(rows.values_list("name", "pk"))
    answers = dict(spec.answers(feedstocks))
    if not answers:
        return 0
    held, now = _held(channel), timezone.now()
    changed = [
        _row(feedstocks[name], answer, held.get(name), now)
        for name, answer in answers.items()
        if name not in held or held[name].answer != answer
    ]
    for part in slices(changed):
        # A new row waits to be compared; one that is there stays as it was compared last.
        statements.insert(TheirAnswer, COLUMNS, part, unique=("feedstock",), kept=COMPARED)
    return len(changed) + _forget([each.pk for name, each in held.items() if name not in answers])


def _has_any(channel: Channel) -> bool:
    return TheirAnswer.objects.of_channel(channel.name).exists()


def _held(channel: Channel) -> dict[str, Held]:
    rows = TheirAnswer.objects.of_channel(channel.name)
    columns = ("feedstock__name", "pk", "version_since", *TAKEN)
    return {
        name: Held(pk, Answer(*taken), since)
        for name, pk, since, *taken in rows.values_list(*columns)
    }


def _row(feedstock: int, answer: Answer, held: Held | None, now: datetime) -> tuple[Any, ...]:
    """In the order of COLUMNS."""
    since = held.since(answer, now) if held else None
    return (feedstock, *astuple(answer), now, since, "", Kind.WAITING.value, now, "", "")


def _forget(gone: Collection[int]) -> int:
    for part in slices(gone):
        TheirAnswer.objects.filter(pk__in=part).delete()
    return len(gone)
