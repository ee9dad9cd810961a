"""The handles of people: the only writer of Handle rows, and the way to ask what they maintain.

Which packages a handle maintains, the apps know that read recipes; they register a teller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import overrides
from core.overrides import Person
from core.people.models import Handle

Handles = Collection[str] | QuerySet[Handle, str]
Teller = Callable[[Handles, str | None], bool]
_tellers: list[Teller] = []


def tells_of_maintainers(teller: Teller) -> Teller:
    """Register a function that tells whether any of these handles maintains the package of a key,
    or, for None, any package. It takes them as they come: a query becomes a part of its own."""
    _tellers.append(teller)
    return teller


def handles_of(user: User | AnonymousUser) -> list[str]:
    if not isinstance(user, User):
        return []
    return sorted(Handle.objects.filter(user=user).values_list("handle", flat=True))


def maintains(user: User | AnonymousUser, key: str) -> bool:
    if not isinstance(user, User) or not getattr(user, "_has_handles", True):
        return False
    names = Handle.objects.filter(user=user).values_list("handle", flat=True)
    return any(teller(names, key) for teller in _tellers)


def is_maintainer(handle: str) -> bool:
    """Whether any package names this handle."""
    return bool(handle) and any(teller([handle.lower()], None) for teller in _tellers)


@transaction.atomic
def prove(user: User, handle: str, proof: Handle.Proof, *, by: Person) -> Handle:
    """This handle is this person's, from now on.

    A name that was given up at a forge may belong to somebody else today, so the latest proof
    counts; and who signs in at a forge under a new name gives up the one from there.
    """
    handle = handle.lower()
    if proof is Handle.Proof.GITHUB:
        Handle.objects.filter(user=user, proven_by=proof).exclude(handle=handle).delete()
    known = Handle.objects.filter(handle=handle, user=user, proven_by=proof).first()
    if known:
        return known
    row, _ = Handle.objects.update_or_create(
        handle=handle,
        defaults={"user": user, "proven_by": proof, "proven_at": timezone.now()},
    )
    overrides.undo("handle", f"handle:{handle}", by=by)
    value = {"user": user.get_username(), "proven_by": proof}
    overrides.decide("handle", f"handle:{handle}", by=by, value=value)
    return row


@transaction.atomic
def forget(row: Handle, *, by: Person) -> None:
    Handle.objects.filter(pk=row.pk).delete()
    overrides.undo("handle", f"handle:{row.handle}", by=by)
