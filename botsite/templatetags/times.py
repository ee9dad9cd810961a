"""Moments and durations, for people: relative to read, exact on hover."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MINUTE, HOUR, DAY, MONTH, YEAR = 60, 3600, 86_400, 2_629_800, 31_557_600
STEPS = (
    (YEAR, "year", "years"),
    (MONTH, "month", "months"),
    (DAY, "day", "days"),
    (HOUR, "h", "h"),
    (MINUTE, "min", "min"),
    (1, "s", "s"),
)


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """`<time>3 min ago</time>`, or `in 3 min`, with the exact time in UTC as its title."""
    if moment is None:
        return "never"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%d %B %Y, %H:%M:%S} UTC",
        relative((timezone.now() - moment).total_seconds()),
    )


@register.filter
def day(moment: datetime | None) -> SafeString | str:
    """`<time>23 Nov 2026</time>`, with the exact time in UTC as its title."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%d %B %Y, %H:%M:%S} UTC",
        f"{moment.day} {moment:%b %Y}",
    )


def relative(seconds: float) -> str:
    """How long ago, in the largest unit that fits; negative seconds lie in the future."""
    if -10 < seconds < 10:
        return "just now" if seconds >= 0 else "in a moment"
    size, one, many = next(step for step in STEPS if abs(seconds) >= step[0])
    number = int(abs(seconds) // size)
    text = f"{number} {one if number == 1 else many}"
    return f"{text} ago" if seconds > 0 else f"in {text}"


@register.filter
def duration(seconds: float | None) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"


@register.filter
def every(minutes: int) -> str:
    """`5 min`, `6 h`, `1 day`: in the largest unit that tells it exactly."""
    seconds = minutes * MINUTE
    size, one, many = next(step for step in STEPS if seconds % step[0] == 0)
    number = seconds // size
    return f"{number} {one if number == 1 else many}"
