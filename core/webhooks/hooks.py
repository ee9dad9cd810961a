"""Registering and ending webhooks, and the key that signs what they are told."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core import overrides
from core.http import DoorConfig, DoorError
from core.http.credentials import may_carry_secrets
from core.http.guard import Guard
from core.http.origins import parse_url
from core.webhooks.models import Delivery, DeliveryState, Webhook
from core.webhooks.outcomes import BAD_TARGET, ENDED

MOST = 50  # webhooks at a time
MARK = "whsec_"


def register(name: str, url: str, events: Iterable[str], *, by: User) -> Webhook:
    """Raises OutcomeError `webhooks.bad_target`."""
    judge(url)
    row = Webhook.objects.create(
        name=name,
        url=url,
        events=sorted(set(events)),
        salt=secrets.token_urlsafe(24),
        created_by=by,
    )
    value = {"name": name, "events": row.events, "host": parse_url(url).origin.host}
    overrides.decide("webhook", f"webhook:{row.pk}", by=by, value=value)
    return row


def judge(url: str) -> None:
    """Refuse what could never be told: no URL, a private address, or no encryption."""
    try:
        origin = parse_url(url).origin
        config = DoorConfig.from_settings(settings.BOTSITE_HTTP)
        Guard(config.exempt).judge_name(origin)
    except DoorError as error:
        reason = error.outcome.message.rstrip(".")
        raise BAD_TARGET.error(url=url, reason=reason, field="url") from None
    if not may_carry_secrets(origin):
        raise BAD_TARGET.error(url=url, reason="it is not encrypted", field="url")


def end(hook: Webhook, *, by: User) -> bool:
    """Tell it nothing more; False if it was ended before."""
    now = timezone.now()
    if not Webhook.objects.active().filter(pk=hook.pk).update(ended_at=now):
        return False
    waiting = Delivery.objects.filter(webhook=hook, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.DEAD, ended_at=now, outcome=ENDED.outcome().as_dict())
    overrides.undo("webhook", f"webhook:{hook.pk}", by=by)
    return True


def key_of(hook: Webhook) -> str:
    """What the receiver checks signatures with; derived, so that it can be shown again."""
    return MARK + salted_hmac("core.webhooks", hook.salt, algorithm="sha256").hexdigest()


def signature(key: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over `TIMESTAMP.BODY`; the time in it lets a receiver refuse what is replayed."""
    signed = f"{timestamp}.".encode() + body
    return "sha256=" + hmac.new(key.encode(), signed, "sha256").hexdigest()
