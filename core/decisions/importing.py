"""Applying a file of decisions: what it would change, and doing that as its authors would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from core import overrides
from core.decisions.kinds import Entry, InForce, in_force
from core.decisions.outcomes import UNKNOWN_TARGET
from core.decisions.reading import File
from core.outcomes import Outcome
from core.overrides import Person, Remembered


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is in force, `after` would be; one of them may be missing."""

    before: InForce | None
    after: Entry | None

    @property
    def does(self) -> str:
        if self.after is None:
            return "end"
        return "replace" if self.before else "make"

    def as_dict(self) -> dict[str, Any]:
        return {
            "does": self.does,
            "before": as_dict(self.before.entry) if self.before else None,
            "after": as_dict(self.after) if self.after else None,
        }


def as_dict(entry: Entry) -> dict[str, Any]:
    return {
        "section": entry.kind.section,
        "target": entry.target,
        "decision": entry.kind.name,
        **entry.values,
        "reason": entry.reason,
        "author": entry.author,
        "since": entry.since,
        "until": entry.until,
    }


def plan(entries: Iterable[Entry], *, end_others: bool = False) -> list[Change]:
    """What is different here. What is over by now is left out; what is in force but not in the
    file stays, unless others are to be ended."""
    wanted = {each.identity: each for each in entries if not _is_over(each, timezone.now())}
    held = {each.entry.identity: each for each in in_force()}
    changes = [
        Change(held.get(identity), entry)
        for identity, entry in wanted.items()
        if identity not in held or not entry.says_the_same(held[identity].entry)
    ]
    if end_others:
        changes += [Change(each, None) for name, each in held.items() if name not in wanted]
    return sorted(changes, key=_order)


def _order(change: Change) -> tuple[str, ...]:
    entry = change.after or (change.before.entry if change.before else None)
    return entry.identity if entry else ()


def _is_over(entry: Entry, now: datetime) -> bool:
    return entry.until is not None and entry.until <= now


def unknown(file: File) -> tuple[list[Entry], list[Outcome]]:
    """The entries whose target is here; and one outcome for each that is not."""
    targets: dict[Any, set[str]] = {}
    for entry in file.entries:
        targets.setdefault(entry.kind.known, set()).add(entry.target)
    known = {tell: tell(names) for tell, names in targets.items()}
    here = [each for each in file.entries if each.target in known[each.kind.known]]
    missing = [each for each in file.entries if each.target not in known[each.kind.known]]
    return here, [_unknown(file, each) for each in missing]


def _unknown(file: File, entry: Entry) -> Outcome:
    section = entry.kind.section
    return UNKNOWN_TARGET.outcome(
        file=str(file.path), line=entry.line, section=section, target=entry.target
    )


def apply(changes: Sequence[Change], source: str, *, by: Person = None) -> None:
    """Do what a plan says, each as its author, and note who applied which file."""
    authors = _authors(changes)
    for change in changes:
        if change.after is not None:
            change.after.kind.make(change.after, _author(change.after, authors))
        elif change.before is not None:
            change.before.entry.kind.end(change.before.row, by)
    if changes:
        value = {
            does: sum(each.does == does for each in changes) for does in ("make", "replace", "end")
        }
        done = overrides.decide("import", f"decisions:{source}"[:255], by=by, value=value)
        overrides.end(done, by=by)


def _authors(changes: Sequence[Change]) -> dict[str, User]:
    names = {change.after.author for change in changes if change.after}
    return {user.get_username(): user for user in User.objects.filter(username__in=names)}


def _author(entry: Entry, users: dict[str, User]) -> Remembered:
    return Remembered(entry.author or "command line", entry.since, users.get(entry.author))
