"""What is forgotten, and when: each app declares it in its `retention.py`, one run a day obeys.

Every table either has a rule here, or a word on why it stays small without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

SLICE = 500  # rows of one transaction
ROUND = 50_000  # ids in memory

Past = Callable[[datetime], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`past(before)` are the rows that nobody needs any more; they are deleted, or only have the
    columns of `emptied` set to these values."""

    name: str
    title: str
    days: int
    why: str
    model: type[Model]
    past: Past
    emptied: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, now: datetime) -> QuerySet[Any]:
        return self.past(now - timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a rule came to: `rows` that were, or would be, forgotten; `done` if none are left."""

    rule: Rule
    rows: int
    done: bool

    def as_dict(self) -> dict[str, Any]:
        rule = self.rule
        return {
            "name": rule.name,
            "title": rule.title,
            "days": rule.days,
            "why": rule.why,
            "rows": self.rows,
            "done": self.done,
        }


_rules: dict[str, Rule] = {}
_staying: dict[type[Model], str] = {}


def forget(
    name: str,
    model: type[Model],
    *,
    title: str,
    days: int,
    why: str,
    emptied: Mapping[str, Any] | None = None,
) -> Callable[[Past], Past]:
    """Declare what of a table is forgotten after so many days; `why` says why not sooner."""

    def register(past: Past) -> Past:
        if name in _rules:
            raise ValueError(f"retention rule {name!r} is declared twice")
        _rules[name] = Rule(name, title, days, why, model, past, emptied or {})
        return past

    return register


def stays(why: str, *models: type[Model]) -> None:
    """Declare tables of which nothing is forgotten by age."""
    _staying.update(dict.fromkeys(models, why))


def rules() -> list[Rule]:
    return sorted(_rules.values(), key=lambda each: each.name)


def staying() -> dict[type[Model], str]:
    return dict(_staying)


def preview(now: datetime | None = None) -> list[Forgotten]:
    """What `prune()` would forget."""
    now = now or timezone.now()
    counts = [(rule, rule.rows(now).count()) for rule in rules()]
    return [Forgotten(rule, count, not count) for rule, count in counts]


def prune(now: datetime | None = None, *, seconds: float = float("inf")) -> list[Forgotten]:
    """Forget what is past keeping, in short transactions, and stop after so many seconds."""
    now, end = now or timezone.now(), time.monotonic() + seconds
    return [_obey(rule, now, end) for rule in rules()]


def _obey(rule: Rule, now: datetime, end: float) -> Forgotten:
    rows, gone = rule.rows(now), 0
    for part in _slices(rows):
        if time.monotonic() > end:
            return Forgotten(rule, gone, done=False)
        gone += _forget(rule, rows.filter(pk__in=part))
    return Forgotten(rule, gone, done=True)


def _slices(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """The ids of rows, some at a time. Ends when a round finds the same as the one before: what
    somebody has changed meanwhile is not forgotten, and must not be looked for for ever."""
    seen: list[Any] = []
    while (ids := list(rows.order_by("pk").values_list("pk", flat=True)[:ROUND])) and ids != seen:
        yield from (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))
        seen = ids


def _forget(rule: Rule, rows: QuerySet[Any]) -> int:
    with transaction.atomic():
        if rule.emptied:
            return rows.update(**rule.emptied)
        return rows.delete()[1].get(rule.model._meta.label, 0)
