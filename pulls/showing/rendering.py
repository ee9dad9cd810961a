"""Proposals as HTML: their diffs in colours, their bodies as a forge shows them."""

from __future__ import annotations

import nh3
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from pulls.showing import colours

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


def diff_as_html(diff: str) -> SafeString:
    """Each line in a `<span>` of its kind: `head`, `place`, `new`, `old`, or `same`; within those
    of the recipe some parts in one of their own. The text of all that is the diff."""
    lines = diff.removesuffix("\n").split("\n")[:SHOWN_LINES]
    pairs = ((kind, _line(kind, line)) for line in lines for kind in [_kind(line)])
    return format_html_join("", '<span class="{}">{}\n</span>', pairs)


def is_cut(diff: str) -> bool:
    """Whether `diff_as_html()` leaves some of it out."""
    return diff.count("\n") > SHOWN_LINES


def _kind(line: str) -> str:
    if line.startswith(("---", "+++", "diff ")):
        return "head"
    return {"@": "place", "+": "new", "-": "old"}.get(line[:1], "same")


def _line(kind: str, line: str) -> SafeString:
    if kind in ("head", "place"):
        return escape(line)
    marked = [("", line[:1]), *colours.parts(line[1:])]
    return format_html_join("", "{}", ((_part(name, text),) for name, text in marked))


def _part(name: str, text: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', name, text) if name else escape(text)
