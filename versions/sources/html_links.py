"""The links of an HTML page, and the dates that directory listings write behind them.

Listings are written by machines, so a pattern reads them; the parser of the standard library needs
minutes for some 60 kB that were written to hurt it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

import regex

_LINK = regex.compile(  # type: ignore[no-untyped-call]
    r"""<a\s[^<>]*?\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", regex.IGNORECASE
)
# Apache, nginx and lighttpd write 2026-05-06 07:08, 06-May-2026 07:08 or 2026-May-06 07:08:09.
_DATE = regex.compile(  # type: ignore[no-untyped-call]
    r"\b(\d{4}-\d{2}-\d{2}|\d{2}-[A-Z][a-z]{2}-\d{4}|\d{4}-[A-Z][a-z]{2}-\d{2}) (\d{2}:\d{2})"
)
_DATE_FORMS = ("%Y-%m-%d %H:%M", "%d-%b-%Y %H:%M", "%Y-%b-%d %H:%M")
_SECONDS = 2.0
_MAX_LINKS = 50_000
_NEARBY = 400  # characters behind a link in which its date is looked for


@dataclass(frozen=True, slots=True)
class Link:
    """`date` is what stands beside the link, taken to be in UTC: few listings name a zone."""

    url: str
    date: datetime | None = None


def links(text: str, base: str) -> Iterator[Link]:
    """The http(s) links of a page, absolute, as they come. Raises TimeoutError."""
    found = list(islice(_LINK.finditer(text, timeout=_SECONDS), _MAX_LINKS))
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=False):
        url = absolute(html.unescape(match[1] or match[2] or match[3] or ""), base)
        if url:
            yield Link(url, _date(text[match.end() : min(end, match.end() + _NEARBY)]))


def absolute(href: str, base: str) -> str:
    """The URL without its fragment; "" for what leads nowhere on the web."""
    try:
        url = urljoin(base, href.strip()).partition("#")[0]
        host = urlsplit(url).hostname
    except ValueError:
        return ""
    return url if host and url.startswith(("http://", "https://")) and url.isprintable() else ""


def _date(text: str) -> datetime | None:
    match = _DATE.search(text)
    if match is None:
        return None
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(f"{match[1]} {match[2]}", form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
