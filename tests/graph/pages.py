"""What tests of pages look at."""

from __future__ import annotations

import re
from html import unescape


def words(html: str) -> str:
    """What a page says: its text without markup, spaced as a reader sees it."""
    spaced = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
    return re.sub(r" (?=[.,:;])", "", spaced)
