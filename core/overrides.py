"""People's decisions: the only writer of Override rows.

A kind belongs to the app that obeys it (`versions` obeys `pin`, `hide`, `skip`; `core.jobs` obeys
`pause`); the target is the key of what is decided upon.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone

from core.models import Override


@dataclass(frozen=True, slots=True)
class Remembered:
    """Somebody who decided before, or elsewhere, as a file of decisions tells; `user` if they have
    an account of this name here."""

    name: str
    since: datetime | None = None
    user: User | None = None


Person = User | AnonymousUser | Remembered | None


def name_of(person: Person) -> str:
    if isinstance(person, Remembered):
        return person.name
    return person.get_username() if person and person.is_authenticated else "command line"


def decide(
    kind: str,
    target: str,
    *,
    by: Person,
    reason: str = "",
    value: dict[str, Any] | None = None,
    expires_at: datetime | None = None,
) -> Override:
    return Override.objects.create(
        kind=kind,
        target=target,
        value=value or {},
        reason=reason,
        author=_account_of(by),
        author_name=name_of(by),
        created_at=(by.since if isinstance(by, Remembered) else None) or timezone.now(),
        expires_at=expires_at,
    )


def _account_of(person: Person) -> User | None:
    if isinstance(person, Remembered):
        return person.user
    return person if isinstance(person, User) else None


def end(decision: Override, *, by: Person) -> bool:
    """End one decision; whether it was in force."""
    return bool(
        Override.objects.filter(pk=decision.pk, ended_at=None).update(
            ended_at=timezone.now(), ended_by=name_of(by)
        )
    )


def undo(kind: str, target: str, *, by: Person) -> int:
    """End all decisions of a kind on a target; returns how many were in force."""
    return (
        Override.objects.active()
        .filter(kind=kind, target=target)
        .update(ended_at=timezone.now(), ended_by=name_of(by))
    )


def in_force(targets: Iterable[str], kinds: Iterable[str]) -> dict[str, list[Override]]:
    """Active decisions by target, newest first; targets without any are absent."""
    found: dict[str, list[Override]] = {}
    rows = Override.objects.active().filter(target__in=list(targets), kind__in=list(kinds))
    for row in rows.order_by("-created_at"):
        found.setdefault(row.target, []).append(row)
    return found
