"""The text that a URL was rendered from: `https://x.org/v{{ version }}.tar.gz`.

Found by shape: of all texts of the recipe that look like a URL, the one whose literal parts all
stand in the URL, in order, and make up most of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MAX_CANDIDATES = 500

# Keys of URLs that tell about a package; a project's page often is the beginning of its source's.
_ABOUT = ("home", "homepage", "dev_url", "doc_url", "documentation", "license_url", "repository")
_TEMPLATE = re.compile(r"\$?\{\{[^{}]*\}\}")


def candidates(text: str) -> list[str]:
    """Every value in `text` that holds a template and might be the URL of a source."""
    pairs = (_pair(line) for line in text.splitlines() if "{{" in line)
    values = (value for key, value in pairs if key == "url" or ("/" in value and key not in _ABOUT))
    return list(dict.fromkeys(values))[:MAX_CANDIDATES]


def _pair(line: str) -> tuple[str, str]:
    """The key of a YAML line, or '', and its scalar without list dash, comment and quotes."""
    value = line.partition(" #")[0].strip()
    while value.startswith("- "):
        value = value[2:].lstrip()
    key, colon, rest = value.partition(": ")
    if not colon or "{" in key:
        key, rest = "", value
    rest = rest.strip()
    quote = rest[:1]
    # The last such quote ends it: those within a template's expression are none of YAML's.
    return key, rest[1:].rpartition(quote)[0] if quote in ("'", '"') else rest.rstrip(",]")


def template_of(url: str, among: Iterable[str], text: str = "") -> str:
    """The template that `url` was rendered from; `url` itself if none was, or if it stands in
    `text` as it is."""
    if url in text:
        return url
    best, most = url, 0
    for template in among:
        parts = _TEMPLATE.split(template)
        literal = sum(len(part) for part in parts)
        if literal > most and _fits(url, parts):
            best, most = template, literal
    return best


def _fits(url: str, parts: Sequence[str]) -> bool:
    """Whether the literal parts stand in `url` in this order, first and last at its ends."""
    if len(parts) == 1:
        return url == parts[0]
    if not url.startswith(parts[0]) or not url.endswith(parts[-1]):
        return False
    position = len(parts[0])
    for part in parts[1:-1]:
        position = url.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return position <= len(url) - len(parts[-1])
