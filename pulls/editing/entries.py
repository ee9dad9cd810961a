"""Where the keys and values of a recipe stand, before any template is rendered.

An un-rendered recipe often is no YAML, so this goes by lines and indents, as a person reads it.
What it gets wrong does no harm: whatever is edited is read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANK = re.compile(r"[^\r\n]")
# Longer ones are none that a person wrote; what is looked for in a line takes time.
_LONGEST_LINE = 4_000
_COMMENT_LINE = re.compile(r"^[ \t]*#[^\r\n]*", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*")
_KEY = re.compile(r"(?P<indent>[ \t]*)(?P<dashes>(?:-[ \t]+)*)")
_NAME = re.compile(r"""(["']?)(?P<key>[A-Za-z_][\w.-]*|\{\{[^{}]*\}\})\1[ \t]*:(?=[ \t]|$)""")
_STATEMENT = re.compile(r"[ \t]*\{%")
_BLOCK_SCALAR = re.compile(r"[|>][-+0-9]*(?:[ \t]+#.*)?")
_QUOTED = re.compile(r"""(["'])(?P<inner>.*)\1(?=[ \t]*(?:#|\[[^\]]*\]|$))""")
_TRAILING_COMMENT = re.compile(r"(?:^|[ \t])#")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with what stands behind it on its line, or an item of a list.

    `path` are the keys above it and its own ('' for an item that is no key of a mapping);
    `text[start:end]` is the value without quotes and comment, `text[key_start:key_end]` the key.
    """

    path: tuple[str, ...]
    value: str
    start: int
    end: int
    key_start: int
    key_end: int
    quote: str = ""

    @property
    def key(self) -> str:
        return self.path[-1]

    def within(self, *keys: str) -> bool:
        """Whether its path ends in these keys."""
        return self.path[-len(keys) :] == keys


def without_comments(text: str, *, is_v1: bool) -> str:
    """The text with what is commented out blanked; every other character stays where it was."""
    if not is_v1:
        text = "".join(_without_jinja_comments(text))
    return _COMMENT_LINE.sub(lambda found: " " * len(found[0]), text)


def _without_jinja_comments(text: str) -> Iterator[str]:
    position = 0
    while (start := text.find("{#", position)) >= 0 and (end := text.find("#}", start + 2)) >= 0:
        yield text[position:start]
        yield _BLANK.sub(" ", text[start : end + 2])
        position = end + 2
    yield text[position:]


def entries(text: str) -> Iterator[Entry]:
    """The entries of a text without comments, in order. Block scalars have no entries in them."""
    above: list[tuple[int, str]] = []
    scalar_indent: int | None = None
    for line in _LINE.finditer(text):
        shape = _KEY.match(text, line.start(), line.end())
        is_blank = shape is None or shape.end() == line.end()
        if shape is None or is_blank or len(line[0]) > _LONGEST_LINE:
            continue
        if _STATEMENT.match(text, line.start()):
            continue
        column = shape.end() - line.start()
        if scalar_indent is not None and len(shape["indent"]) > scalar_indent:
            continue
        scalar_indent = None
        name = _NAME.match(text, shape.end(), line.end())
        while above and above[-1][0] >= column:
            above.pop()
        start = name.end() if name else shape.end()
        entry = _entry(text, tuple(key for _, key in above), name, start, line.end())
        if _BLOCK_SCALAR.fullmatch(text, entry.start, line.end()):
            scalar_indent = len(shape["indent"])
        elif name or shape["dashes"]:
            yield entry
        if name:
            above.append((column, entry.key))


def _entry(
    text: str, above: tuple[str, ...], name: re.Match[str] | None, start: int, end: int
) -> Entry:
    start, end, quote = _value(text, start, end)
    key = name["key"] if name else ""
    key_start, key_end = name.span("key") if name else (start, start)
    return Entry((*above, key), text[start:end], start, end, key_start, key_end, quote)


def _value(text: str, start: int, end: int) -> tuple[int, int, str]:
    """Where a value begins and ends, and its quote."""
    start += len(text[start:end]) - len(text[start:end].lstrip(" \t"))
    if quoted := _QUOTED.match(text, start, end):
        return *quoted.span("inner"), quoted[1]
    if comment := _TRAILING_COMMENT.search(text, start, end):
        end = comment.start()
    return start, start + len(text[start:end].rstrip(" \t")), ""
