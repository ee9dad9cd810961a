"""Writing another URL into a recipe where its file was found there, keeping the templates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import regex

from core.outcomes import OutcomeError
from pulls.editing.renewal import Moved
from pulls.editing.substitutions import Substitution
from pulls.editing.urls import TEMPLATE, places
from pulls.editing.workbench import Workbench
from pulls.outcomes import URL_MOVED

MAX_TOKENS = 400
MATCH_SECONDS = 0.2
_TOKEN = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]")


@dataclass(slots=True)
class _Piece:
    """A text or tag of a URL's template, what it renders to, where in the URL that begins, and
    what else is wanted there: (start, end, text), in order."""

    template: str
    rendered: str
    at: int
    is_tag: bool
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    def holds(self, start: int, end: int) -> bool:
        return self.at <= start and end <= self.at + len(self.rendered)

    def text(self) -> str:
        """What the template should have in its place."""
        if not self.changes:
            return self.template
        text, position = "", self.at
        for start, end, new in self.changes:
            text += self.rendered[position - self.at : start - self.at] + new
            position = end
        return text + self.rendered[position - self.at :]


def relocate(bench: Workbench, moved: Moved, version: str) -> list[Substitution]:
    """What makes the recipe say `moved.found` instead of `moved.url`.

    Raises OutcomeError: `pulls.url_moved`, if the URL isn't written in one place, or the version
    in it would have to be spelled otherwise.
    """
    template = moved.source.url_templates[moved.source.urls.index(moved.url)]
    new = rewritten(template, moved.url, moved.found, version)
    spans = [
        span for span in places(bench, moved.url, template) if bench.text[slice(*span)] == template
    ]
    if new is None or not spans:
        raise cannot_relocate(bench, moved)
    return [Substitution(*span, new, f"the file is at {moved.found}") for span in spans]


def cannot_relocate(bench: Workbench, moved: Moved) -> OutcomeError:
    line, context = bench.line_of("source"), {"url": moved.url, "found": moved.found}
    return URL_MOVED.error(file=bench.file, line=line, field="source", **context)


def rewritten(template: str, url: str, found: str, version: str) -> str | None:
    """The template that renders to `found` where this one renders to `url`; None if the version
    is among what differs, or the difference isn't within single pieces."""
    pieces = _pieces(template, url, version)
    before, after = _TOKEN.findall(url), _TOKEN.findall(found)
    if pieces is None or len(before) + len(after) > MAX_TOKENS:
        return None
    starts = [0]
    for token in before:
        starts.append(starts[-1] + len(token))
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        holding = [each for each in pieces if each.holds(starts[i], starts[j])]
        piece = min(holding, key=lambda each: each.is_tag, default=None)
        if piece is None or (piece.is_tag and version in piece.rendered):
            return None
        piece.changes.append((starts[i], starts[j], "".join(after[k:m])))
    return "".join(each.text() for each in pieces)


def _pieces(template: str, url: str, version: str) -> list[_Piece] | None:
    """The texts and tags of a template; None if `url` wasn't rendered from it.

    Like tags render alike, and `{{ version }}` to the version: that tells which part is whose.
    """
    tags = TEMPLATE.findall(template)
    texts = TEMPLATE.split(template)
    pattern = re.escape(texts[0])
    first: dict[str, int] = {}
    for number, (tag, text) in enumerate(zip(tags, texts[1:], strict=True), start=1):
        name = tag.strip("${} ")
        value = re.escape(version) if name == "version" and version in url else ".*?"
        pattern += rf"((?:\{first[name]}))" if name in first else f"({value})"
        pattern += re.escape(text)
        first.setdefault(name, number)
    try:
        found = regex.fullmatch(pattern, url, timeout=MATCH_SECONDS)  # type: ignore[no-untyped-call]
    except TimeoutError:
        found = None
    return _aligned(tags, texts, found) if found else None


def _aligned(tags: list[str], texts: list[str], found: Any) -> list[_Piece]:
    pieces = [_Piece(texts[0], texts[0], 0, is_tag=False)]
    for number, (tag, text) in enumerate(zip(tags, texts[1:], strict=True), start=1):
        pieces.append(_Piece(tag, found[number], found.start(number), is_tag=True))
        pieces.append(_Piece(text, text, found.end(number), is_tag=False))
    return pieces
