"""Who is told of what happens here, what they were told, and what they know."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def active(self) -> WebhookQuerySet:
        return self.filter(ended_at=None)


class Webhook(models.Model):
    """An address that is told of events. `events` lists their kinds.

    The key that signs deliveries is derived from `salt` and the site's own secret, so that the
    database holds none. Written by `core.webhooks` alone. A row is ended, never deleted.
    """

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=1000)
    events = models.JSONField(default=list)
    salt = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """To be sent now, oldest first."""
        waiting = self.filter(state=DeliveryState.WAITING, next_attempt_at__lte=now)
        return waiting.order_by("next_attempt_at")


class Delivery(models.Model):
    """One event for one webhook, and how telling it went. `body` is the JSON text that is sent;
    `number` is the same for each attempt, so that a receiver can tell repetitions."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    number = models.UUIDField(unique=True)
    event = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    outcome = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # The job's question, each minute: what is to be sent?
            models.Index(fields=["state", "next_attempt_at"], name="core_delivery_due"),
            # The page of a webhook, and pruning.
            models.Index(fields=["webhook", "-created_at"], name="core_delivery_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"


class Known(models.Model):
    """The last state of a subject that was looked at for a kind of event; events are what differs
    from it. Empty while nobody is told of anything."""

    event = models.CharField(max_length=64)
    subject = models.CharField(max_length=255)
    value = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subject"], name="core_known_unique")
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}: {self.value}"


class Watermark(models.Model):
    """How far changes were looked at for a kind of event."""

    event = models.CharField(max_length=64, unique=True)
    moment = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.event} to {self.moment:%Y-%m-%d %H:%M:%S}"
