"""Small marks that recur on every page: icons, states, links to other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from botsite import pipeline
from core import outcomes
from core.jobs import registry
from core.models import Job

register = template.Library()

# What stands between texts: a brace that is written twice, or the name of what is filled in.
BLANK = re.compile(r"(\{\{|\}\})|\{(\w+)[^}]*\}")

# State -> (icon, tone of its colour, words). A state is always told by all three.
STATES = {
    "up_to_date": ("check", "good", "Up to date"),
    "outdated": ("up", "warn", "Outdated"),
    "unknown": ("question", "quiet", "Unknown"),
    "failing": ("cross", "bad", "Failing"),
    "passed": ("check", "good", "Passed"),
    "failed": ("cross", "bad", "Failed"),
    "waiting": ("clock", "warn", "Waiting"),
    "queued": ("clock", "quiet", "Queued"),
    "running": ("running", "busy", "Running"),
    "done": ("check", "good", "Done"),
    "cancelled": ("stop", "quiet", "Cancelled"),
    "accepted": ("check", "good", "Accepted"),
    "rejected": ("minus", "quiet", "Rejected"),
    "stale": ("clock", "warn", "Stale"),
    "proposed": ("clock", "quiet", "Proposed here"),
    "open": ("up", "busy", "Open"),
    "merged": ("check", "good", "Merged"),
    "closed": ("cross", "quiet", "Closed by people"),
    "superseded": ("minus", "quiet", "Superseded"),
    "withdrawn": ("minus", "quiet", "No longer needed"),
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A picture beside words that say the same, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def state(name: str, words: str = "") -> SafeString:
    """A state as icon, colour and words. An unknown one is shown by its own name."""
    picture, tone, usual = STATES.get(name, ("question", "quiet", name))
    return format_html(
        '<span class="state {}">{}<span>{}</span></span>', tone, icon(picture), words or usual
    )


@register.simple_tag
def external(url: str, words: str = "") -> SafeString:
    """A link to another site if the URL is one; else only its text: it may come from a recipe."""
    if not is_web(url):
        return format_html("{}", words or url)
    return format_html('<a href="{}" rel="noopener nofollow">{}</a>', url, words or url)


def is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@register.filter
def outcome_title(code: str) -> str:
    return outcomes.kind(code).title


@register.filter
def blanks(sentence: str) -> SafeString:
    """The sentence of an outcome's kind, with the names of what is filled in set off."""
    pieces = iter(BLANK.split(sentence))
    parts = zip_longest(pieces, pieces, pieces, fillvalue="")
    return format_html_join(
        "",
        "{}{}{}",
        (
            (text, brace[:1] if brace else "", format_html("<var>{}</var>", name) if name else "")
            for text, brace, name in parts
        ),
    )


@register.filter
def job_title(kind: str) -> str:
    return registry.title(kind)


@register.filter
def words(name: str) -> str:
    """`last_success_at` -> `last success at`."""
    return name.replace("_", " ")


@register.filter
def evidence(value: Any) -> str:
    """A value out of JSON on one line: lists by commas, numbers and texts as they are."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {evidence(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(evidence(each) for each in value)
    return f"{value:.1f}" if isinstance(value, float) else str(value)


@register.simple_tag
def job_target(job: Job) -> SafeString:
    """What a job works on; a link where that is a package."""
    if job.kind == pipeline.CHECK:
        return format_html('<a href="{}">{}</a>', reverse("package", args=[job.target]), job.target)
    return format_html("{}", job.target)


@register.filter
def page_numbers(page: Page[Any]) -> Iterator[str | int]:
    """The numbers of the pages around this one, with an ellipsis for those between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
