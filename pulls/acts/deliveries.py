"""What GitHub's webhook tells: which pull requests to look at now, rather than when it is time.

The forge itself is asked what is there, so a forged, late or repeated delivery can't tell a lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pulls.forges import webhooks
from pulls.forges.outcomes import BAD_SIGNATURE
from pulls.models import Delivery, PullRequest
from pulls.outcomes import NOT_LISTENING

# GitHub sends up to 25 MB, but no event that is obeyed comes near this: a pull request with the
# longest text and comment that GitHub takes, all of it escaped.
MOST_BYTES = 1_000_000
OBEYED = frozenset({"issue_comment", "pull_request"})


class Answer(StrEnum):
    """What came of a delivery."""

    PONG = "pong"
    IGNORED = "ignored"
    NOT_OURS = "not about a pull request of ours"
    KNOWN = "already heard"
    HEARD = "heard"


def hear(headers: Mapping[str, str], body: bytes) -> Answer:
    """Have the pull requests that a delivery is about dealt with at once.

    Raises OutcomeError: `pulls.not_listening`, `pulls.bad_signature`, `pulls.bad_delivery`.
    """
    secret = settings.GITHUB_WEBHOOK_SECRET
    if not secret:
        raise NOT_LISTENING.error()
    if not webhooks.is_signed(secret, body, headers.get("X-Hub-Signature-256", "")):
        raise BAD_SIGNATURE.error()
    delivery = webhooks.read(headers, body)
    if delivery.event == "ping":
        return Answer.PONG
    if delivery.event not in OBEYED:
        return Answer.IGNORED
    return _obey(delivery)


def _obey(delivery: webhooks.Delivery) -> Answer:
    """Of an organisation's many deliveries, those that are about no row are not written down."""
    rows = PullRequest.objects.filter(repository=delivery.repository, number=delivery.number)
    if not (delivery.repository and delivery.number and rows.exists()):
        return Answer.NOT_OURS
    with transaction.atomic():
        _, is_new = Delivery.objects.get_or_create(
            delivery_id=delivery.id,
            defaults={
                "event": delivery.event,
                "action": delivery.action,
                "repository": delivery.repository,
                "number": delivery.number,
            },
        )
        if is_new:
            rows.update(**_woken(delivery))
    return Answer.HEARD if is_new else Answer.KNOWN


def _woken(delivery: webhooks.Delivery) -> dict[str, Any]:
    """Whoever reopens one has its branch back: it is to be looked at, and deleted in the end."""
    woken: dict[str, Any] = {"act_at": timezone.now()}
    return woken | ({"branch_deleted_at": None} if delivery.action == "reopened" else {})
