"""Who people are elsewhere, and the keys with which programs act for them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Handle(models.Model):
    """The name under which recipes know a person. `handle` is in lower case, as forges compare
    them; `proven_by` says how we know: the sign-in at a forge, or an administrator's word.

    Written by `core.people.handles` alone.
    """

    class Proof(models.TextChoices):
        GITHUB = "github", "signed in at GitHub"
        ADMINISTRATOR = "administrator", "an administrator says so"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="handles"
    )
    handle = models.CharField(max_length=128, unique=True)
    proven_by = models.CharField(max_length=16, choices=Proof)
    proven_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.handle


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def usable(self, now: datetime | None = None) -> AccessTokenQuerySet:
        now = now or timezone.now()
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))


class AccessToken(models.Model):
    """A token of a person. Only its digest is kept; `prefix` is what it is recognised by.

    `scopes` lists what it may be used for, see `core.people.tokens.Scope`; it never lets a program
    do more than its owner may. Written by `core.people.tokens` alone. A row is revoked, never
    deleted.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.revoked_at is None and not expired
