"""Text of strangers, made harmless for a pull request.

GitHub looks for mentions, issues and closing words in what Markdown has rendered, so a backslash
does not help; in code spans it does not look. So foreign text goes into those, and foreign URLs
into links whose words are ours.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from core.outcomes import OutcomeError
from pulls.outcomes import BAD_VERSION

LONGEST = 200  # characters of one foreign text
LONGEST_URL = 1000

_VERSION = re.compile(r"[A-Za-z0-9._+!-]{1,64}")
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9._+-]+")
_UNSPEAKABLE = re.compile(r"[^A-Za-z0-9 .,:;()'/+=_-]+")
# Without `#`, what is left to make a forge point somewhere: GH-1, and URLs.
_POINTING = re.compile(r"(?<=GH)-(?=\d)|(?:https?|ftp):/+|www\.", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
# A link to one of these leaves a note there for all who follow it.
_NOTED = re.compile(r"/[^/]+/[^/]+/(?:issues|pull|discussions|commit)/", re.IGNORECASE)
_GITHUB = frozenset({"github.com", "www.github.com"})


def checked_version(version: str) -> str:
    """The version itself. Raises OutcomeError (`pulls.bad_version`)."""
    if not _VERSION.fullmatch(version):
        raise BAD_VERSION.error(version=printable(version)[:64])
    return version


def is_version(version: str) -> bool:
    try:
        return bool(checked_version(version))
    except OutcomeError:
        return False


def name(text: str) -> str:
    """A name of a feedstock or package; what no such name holds becomes a dash."""
    return _UNNAMEABLE.sub("-", text)[:100].strip("-") or "unnamed"


def words(text: str) -> str:
    """Words for a link or a sentence, without anything that means something to a forge."""
    shown = _UNSPEAKABLE.sub(" ", text[: 4 * LONGEST])
    while (without := _POINTING.sub(" ", shown)) != shown:
        shown = without
    return _SPACES.sub(" ", shown)[:LONGEST].strip()


def printable(text: str) -> str:
    """One line without control, bidirectional, invisible or unassigned characters."""
    cut = text[: 4 * LONGEST]
    kept = "".join(each if unicodedata.category(each)[0] not in "CZ" else " " for each in cut)
    return _SPACES.sub(" ", kept).strip()


def code(text: str) -> str:
    """A code span that holds the text, or nothing for none."""
    shown = printable(text).replace("`", "'")
    shown = shown if len(shown) <= LONGEST else shown[: LONGEST - 1].rstrip() + "…"
    return f"`{shown}`" if shown else ""


def cell(text: str) -> str:
    """A code span for a table: there a bar must be escaped even in code."""
    return code(text.replace("\\", "/")).replace("|", "\\|")


def link(label: str, url: str) -> str:
    """A link with words of ours; only the words where the URL is none, or no plain one."""
    shown, target = words(label), safe_url(url)
    return f"[{shown or 'link'}](<{target}>)" if target else shown


def safe_url(url: str) -> str:
    """An http or https URL without anything that ends a link, or nothing."""
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc) or len(url) > LONGEST_URL:
        return ""
    netloc, path = parts.netloc, _quoted(parts.path, "/%:@!$&'*+,;=~")
    if host in _GITHUB and _NOTED.match(path):
        netloc = "redirect.github.com"
    query = "?" + _quoted(parts.query, "/%:@!$&'*+,;=~?") if parts.query else ""
    fragment = "#" + _quoted(parts.fragment, "/%:!$&'*+,;=~?") if parts.fragment else ""
    return f"{parts.scheme}://{netloc}{path}{query}{fragment}"


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")
