"""The parts of a line of YAML with jinja, told apart well enough to colour them. Pure."""

from __future__ import annotations

import re

LONGEST = 500  # characters of a line; longer ones are left as they are

# No two of these parts begin alike, and none is looked for beyond its line.
_PART = re.compile(
    r"""
      (?P<jinja>\$?\{\{[^{}]*\}\}|\{%[^{}]*%\})
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<comment>(?:(?<=\s)|^)\#.*)
    | (?P<key>(?:(?<=\s)|^)[A-Za-z_][\w.-]*(?=:(?:\s|$)))
    """,
    re.VERBOSE,
)


def parts(line: str) -> list[tuple[str, str]]:
    """(kind, text) of the parts, that make the line when joined: `jinja`, `string`, `comment`,
    `key`, or nothing for all between."""
    if len(line) > LONGEST:
        return [("", line)]
    found, end = [], 0
    for part in _PART.finditer(line):
        if part.start() > end:
            found.append(("", line[end : part.start()]))
        found.append((part.lastgroup or "", part.group()))
        end = part.end()
    return [*found, ("", line[end:])] if end < len(line) or not found else found
