"""What RFC 4287 asks of an Atom feed, in a form that says what is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# How often an element may stand there, least and most; its content model in sections 4.1.1, 4.1.2.
FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "subtitle": (0, 1), "rights": (0, 1)}
FEED |= dict.fromkeys(("generator", "icon", "logo"), (0, 1))
FEED |= dict.fromkeys(("author", "category", "contributor", "link", "entry"), (0, 1000))
ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "published": (0, 1), "summary": (0, 1)}
ENTRY |= dict.fromkeys(("content", "rights", "source"), (0, 1))
ENTRY |= dict.fromkeys(("author", "category", "contributor", "link"), (0, 1000))
PERSON = {"name": (1, 1), "uri": (0, 1), "email": (0, 1)}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(content: bytes) -> list[str]:
    feed = ElementTree.fromstring(content)  # noqa: S314 - our own
    if feed.tag != f"{ATOM}feed":
        return [f"the root is {feed.tag}"]
    return [*_feed(feed), *_unique(feed)]


def _feed(feed: Element) -> Iterator[str]:
    yield from _children(feed, FEED)
    yield from _common(feed)
    if not feed.findall(f"{ATOM}link[@rel='self']"):
        yield "the feed has no link to itself"
    if not feed.get(LANGUAGE):
        yield "the feed has no language"
    authors = feed.findall(f"{ATOM}author")
    if not authors and any(not each.findall(f"{ATOM}author") for each in feed.iter(f"{ATOM}entry")):
        yield "an entry has no author, and neither has the feed"
    for author in authors:
        yield from _children(author, PERSON)
    for entry in feed.findall(f"{ATOM}entry"):
        yield from _children(entry, ENTRY)
        yield from _common(entry)
        if entry.find(f"{ATOM}content") is None and not list(_alternates(entry)):
            yield "an entry has neither content nor an alternate"


def _children(element: Element, allowed: dict[str, tuple[int, int]]) -> Iterator[str]:
    counts = Counter(each.tag.removeprefix(ATOM) for each in element)
    yield from (f"{element.tag} has {name}" for name in counts.keys() - allowed.keys())
    for name, (least, most) in allowed.items():
        if not least <= counts[name] <= most:
            yield f"{element.tag} has {counts[name]} {name}"


def _common(element: Element) -> Iterator[str]:
    """What holds for feeds and entries alike."""
    identity = element.findtext(f"{ATOM}id", "")
    if not urlsplit(identity).scheme or identity != identity.strip():
        yield f"{identity!r} is no IRI"
    for name in ("updated", "published"):
        for each in element.findall(ATOM + name):
            yield from _moment(each.text or "")
    for each in element.findall(f"{ATOM}link"):
        if not urlsplit(each.get("href", "")).scheme:
            yield f"a link leads to {each.get('href')}"
    for name in ("title", "summary", "subtitle"):
        for each in element.findall(ATOM + name):
            if each.get("type", "text") != "xhtml" and len(each):
                yield f"{name} has elements"
    alternates = Counter((each.get("type"), each.get("hreflang")) for each in _alternates(element))
    yield from (f"{count} alternates are {kind}" for kind, count in alternates.items() if count > 1)


def _alternates(element: Element) -> Iterator[Element]:
    links = element.findall(f"{ATOM}link")
    return (each for each in links if each.get("rel", "alternate") == "alternate")


def _moment(text: str) -> Iterator[str]:
    if not MOMENT.fullmatch(text):
        yield f"{text!r} is no RFC 3339 moment"
    else:
        datetime.fromisoformat(text)


def _unique(feed: Element) -> Iterator[str]:
    counts = Counter(each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry"))
    yield from (f"{count} entries are {name}" for name, count in counts.items() if count > 1)
