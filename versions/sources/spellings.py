"""A URL with its version taken out, so that another can be put in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from versions.releases import RecipeUrl

Style = Callable[[str], str]

_SEPARATOR = re.compile(r"[._-]")
_NUMBER = re.compile(r"[0-9]+")
_JINJA = "{"


def _joined(separator: str) -> Style:
    return lambda version: _SEPARATOR.sub(separator, version)


def _padded(version: str) -> str:
    return _NUMBER.sub(lambda number: number[0].zfill(2), version)


# How URLs spell a version: as it is, R's way, with other separators or none, with two digits each.
_STYLES: tuple[Style, ...] = (
    str,
    lambda version: version.replace("_", "-"),
    *map(_joined, ("_", "-", ".")),
    _padded,
    lambda version: version.lstrip("vV"),
    _joined(""),
)
_SHORTEST = 3  # a version without separators; 12 stands in many URLs, and not for 1.2


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the first `pieces` numbers of the version stand in a text, and how."""

    start: int
    end: int
    pieces: int
    style: Style

    def spelled(self, version: str) -> str:
        return self.style(_first(version, self.pieces))


@dataclass(frozen=True, slots=True)
class UrlTemplate:
    """`places` are in the order of the text, and do not overlap."""

    text: str
    places: tuple[_Place, ...]

    def url(self, version: str) -> str:
        """The URL that this version would have."""
        parts, at = [], 0
        for place in self.places:
            parts += [self.text[at : place.start], place.spelled(version)]
            at = place.end
        return "".join([*parts, self.text[at:]])


def url_template(url: RecipeUrl) -> UrlTemplate | None:
    """The template of a recipe's URL; None if it does not contain the version.

    Where the recipe's own template is known, only the parts of the path that it computes vary.
    """
    parts = url.parts
    version = url.version
    if parts is None or not parts.netloc or not version or not _NUMBER.search(version):
        return None
    start = url.rendered.index("//") + 2 + len(parts.netloc)
    places = list(_places(url, start, version))
    if not any(place.pieces == _count(version) for place in places):
        return None
    return UrlTemplate(url.rendered, tuple(places))


def _places(url: RecipeUrl, start: int, version: str) -> Iterator[_Place]:
    segments = url.rendered[start:].split("/")
    computed = _computed(url.template, len(segments))
    fewest = 1 if computed else 2
    for at, segment in enumerate(segments):
        if computed is None or computed[at]:
            yield from _in_segment(segment, start, version, fewest)
        start += len(segment) + 1


def _computed(template: str, count: int) -> list[bool] | None:
    """Which parts of the path the recipe computes; None if its template does not tell."""
    segments = template.partition("://")[2].split("/")
    if _JINJA not in template or len(segments) != count:
        return None
    return [_JINJA in segment for segment in segments]


def _in_segment(segment: str, offset: int, version: str, fewest: int) -> Iterator[_Place]:
    """Everywhere the version stands in a part of the path; else where its beginning does."""
    count = _count(version)
    for pieces in range(count, min(fewest, count) - 1, -1):
        for style in _STYLES:
            text = style(_first(version, pieces))
            matches = list(_spelling(text).finditer(segment)) if _tells(text, version) else []
            for match in matches:
                yield _Place(offset + match.start(), offset + match.end(), pieces, style)
            if matches:
                return


def _tells(text: str, version: str) -> bool:
    """Whether a text is long enough to be no accident."""
    return len(text) >= _SHORTEST or bool(_SEPARATOR.search(text)) or text in version


def _spelling(text: str) -> re.Pattern[str]:
    """The text, where no longer number or version surrounds it."""
    return re.compile(rf"(?<![0-9])(?<![0-9]\.){re.escape(text)}(?!\.?[0-9])")


def _count(version: str) -> int:
    return len(_SEPARATOR.split(version))


def _first(version: str, pieces: int) -> str:
    ends = [match.start() for match in _SEPARATOR.finditer(version)] + [len(version)]
    return version[: ends[min(pieces, len(ends)) - 1]]
