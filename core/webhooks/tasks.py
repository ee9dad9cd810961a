"""Looking for events each minute, and telling them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.jobs import Running, enqueue, every, job_kind
from core.webhooks import events
from core.webhooks.deliver import deliver_due
from core.webhooks.models import Delivery

DELIVER = "core.deliver"


@every(minutes=1, name="core.webhooks", title="Look for events that webhooks are told of")
def look_for_events() -> None:
    events.look()
    if Delivery.objects.due(timezone.now()).exists():
        enqueue(DELIVER)


@job_kind(DELIVER, title="Tell webhooks of events")
def deliver(running: Running) -> dict[str, Any]:
    return deliver_due(running.progress)
