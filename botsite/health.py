"""Is the bot alive? Told by the heartbeat that schedules leave, not by this process being up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from core.models import Heartbeat

SILENCE_S = 300  # schedules run every minute; five missed ones are no accident


@dataclass(frozen=True, slots=True)
class Liveness:
    """`heard_at` is when any schedule last started; None if none ever did."""

    heard_at: datetime | None
    age_s: float | None

    @property
    def alive(self) -> bool:
        return self.age_s is not None and self.age_s < SILENCE_S


def liveness() -> Liveness:
    heard_at = (
        Heartbeat.objects.order_by("-started_at").values_list("started_at", flat=True).first()
    )
    age_s = (timezone.now() - heard_at).total_seconds() if heard_at else None
    return Liveness(heard_at, age_s)
