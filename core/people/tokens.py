"""Tokens: the only writer of AccessToken rows.

A token is 256 random bits, so a plain digest keeps it as safe as a slow one would.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from core import overrides
from core.overrides import Person
from core.people.models import AccessToken

MARK = "botsite_"  # lets scanners for leaked secrets recognise one
SHOWN = len(MARK) + 6
USE_NOTED = timedelta(minutes=1)  # `last_used_at` is no more precise than this


class Scope(StrEnum):
    """What a token may be used for."""

    CHECK = "check"
    DECIDE = "decide"
    OPERATE = "operate"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Scope.CHECK: "have packages checked now",
    Scope.DECIDE: "decide on packages: pin, hide, skip, pause, reset",
    Scope.OPERATE: "retry by outcome, cancel jobs and sweeps, unblock hosts",
}


def issue(
    owner: User, name: str, scopes: Iterable[Scope], *, expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """A new token, and its secret, which nobody can look up later."""
    secret = MARK + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        owner=owner,
        name=name,
        prefix=secret[:SHOWN],
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    value = {"name": name, "scopes": token.scopes}
    overrides.decide("token", _target(token), by=owner, value=value, expires_at=expires_at)
    return token, secret


def revoke(token: AccessToken, *, by: Person) -> bool:
    """False if it was revoked before."""
    mine = AccessToken.objects.filter(pk=token.pk, revoked_at=None)
    if not mine.update(revoked_at=timezone.now()):
        return False
    overrides.undo("token", _target(token), by=by)
    return True


def find(secret: str) -> AccessToken | None:
    """The usable token with this secret, of a person who may still sign in; its use is noted."""
    if not secret.startswith(MARK):
        return None
    found = AccessToken.objects.usable().select_related("owner")
    token = found.filter(digest=_digest(secret), owner__is_active=True).first()
    if token is not None:
        _note_use(token)
    return token


def _note_use(token: AccessToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED)
        AccessToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _target(token: AccessToken) -> str:
    return f"token:{token.prefix}"
