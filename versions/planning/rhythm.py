"""How often a project releases: its releases by month, out of the candidates that are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from core.charts import Sparkline, sparkline
from versions.models import Candidate

MONTHS = 36


def rhythm(
    candidates: Sequence[Candidate], now: datetime, *, complete: bool = True
) -> Sparkline | None:
    """The last three years, or None if no date of release in them is known. What came before the
    oldest candidate is not known unless the candidates are `complete`."""
    dates = {each.version: each.released_at for each in candidates if each.released_at}
    by_month = Counter(_months_ago(date, now) for date in dates.values())
    by_month = Counter({ago: n for ago, n in by_month.items() if 0 <= ago < MONTHS})
    if not by_month:
        return None
    known = (
        MONTHS if complete else min(MONTHS, 1 + max(_months_ago(d, now) for d in dates.values()))
    )
    values = [by_month[ago] if ago < known else None for ago in range(MONTHS - 1, -1, -1)]
    return sparkline(_words(by_month.total(), known), values)


def _months_ago(moment: datetime, now: datetime) -> int:
    return (now.year - moment.year) * 12 + now.month - moment.month


def _words(count: int, months: int) -> str:
    span = "3 years" if months >= MONTHS else f"{months} month{'s' * (months > 1)}"
    return f"{count} release{'s' * (count > 1)} in the last {span}, by month"
