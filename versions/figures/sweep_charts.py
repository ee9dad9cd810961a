"""Sweeps side by side, as charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from core.charts import Chart, Series, Unit, stacked_bars
from core.outcomes import kind
from versions.models import Sweep

PARTS = 5


def charts_of(sweeps: Iterable[Sweep]) -> list[Chart]:
    """Of those that are over, the oldest first: how long they took, what they asked, what they
    found, what failed."""
    ended = sorted((each for each in sweeps if each.finished_at), key=lambda each: each.started_at)
    labels = [f"{each.started_at:%-d %b %H:%M}" for each in ended]
    return [
        stacked_bars(
            "Duration",
            labels,
            [Series("from start to end", [max(0.0, each.duration_s) for each in ended])],
            Unit.SECONDS,
        ),
        stacked_bars(
            "Requests",
            labels,
            [
                Series("sent", [each.requests for each in ended], "c1"),
                Series("saved", [each.saved for each in ended], "c6"),
            ],
        ),
        stacked_bars(
            "Changes found",
            labels,
            [Series("new versions", [each.changed for each in ended], "c4")],
        ),
        stacked_bars("Failures by outcome", labels, failures([each.outcomes for each in ended])),
    ]


def failures(counts: Sequence[dict[str, int]]) -> list[Series]:
    """The most frequent outcomes, each a part of the stack, and the rest together."""
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    del total["ok"]
    codes = [code for code, _ in total.most_common(PARTS)]
    parts = [
        Series(kind(code).title, [each.get(code, 0) for each in counts], f"c{number}")
        for number, code in enumerate(codes, start=1)
    ]
    if len(total) > PARTS:
        others = [
            sum(n for code, n in each.items() if code not in codes and code != "ok")
            for each in counts
        ]
        parts.append(Series("all others", others, "c6"))
    return parts or [Series("failed", [0] * len(counts), "c1")]
