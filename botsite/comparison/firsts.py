"""Which bot was first, of the versions that both were seen to find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from graph.comparison.models import TheirAnswerQuerySet

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Firsts:
    """`lead_s` is the median by which we were ahead, negative where they were. `last_news` is when
    they last said something new."""

    found: int
    ours: int
    theirs: int
    lead_s: float | None
    last_news: datetime | None

    @property
    def behind_s(self) -> float:
        return -(self.lead_s or 0)


def firsts(rows: TheirAnswerQuerySet) -> Firsts:
    """In two queries; the order of leads is that of an index."""
    counted = rows.aggregate(
        found=Count("lead"),
        ours=Count("pk", filter=Q(lead__gt=ZERO)),
        theirs=Count("pk", filter=Q(lead__lt=ZERO)),
        last_news=Max("seen_at"),
    )
    leads = rows.exclude(lead=None).order_by("lead").values_list("lead", flat=True)
    middle = counted["found"] // 2
    median = next(iter(leads[middle : middle + 1]), None)
    return Firsts(**counted, lead_s=median.total_seconds() if median is not None else None)
