"""Proposals as HTML: their diffs in colours, their bodies as a forge shows them."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

SHOWN_LINES = 2_000

_TAGS = {"p", "h1", "h2", "h3", "ul", "ol", "li", "strong", "em", "code", "pre", "hr", "br", "a"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def body_as_html(body: str) -> SafeString:
    """Markdown as harmless HTML: no images, no raw HTML, links to the web only. The headings of a
    body stand two levels below those of the page, where they belong to the proposal's."""
    html = _markdown.render(body).replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
    return mark_safe(clean)  # noqa: S308 - nh3 is what makes it safe


def diff_lines(diff: str) -> list[tuple[str, str]]:
    """(kind, text) of each line: `head`, `place`, `new`, `old`, or `same`."""
    lines = diff.splitlines()[:SHOWN_LINES]
    return [(_kind(line), line) for line in lines]


def _kind(line: str) -> str:
    if line.startswith(("---", "+++", "diff ")):
        return "head"
    return {"@": "place", "+": "new", "-": "old"}.get(line[:1], "same")
