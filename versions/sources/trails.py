"""Where a version stands in the path of a URL, and what that teaches about the folders above.

/sources/glib/2.80/glib-2.80.1.tar.xz   files glib-VERSION.tar.xz in folders named after series
/foo/v1.2.3/foo-linux.zip               a folder for each version
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from versions.releases import RecipeUrl
from versions.sources.reading import web_host
from versions.sources.tags import ForeignTag, TagPattern, learn

_TARBALL = r"\.(?:tar(?:\.(?:gz|bz2|xz|zst|lz|lzma|Z))?|tgz|tbz2?|tb2|txz|tzst|tlz)"
_ENDING = re.compile(rf"(?:(?P<tar>{_TARBALL})|\.(?:zip|7z|gz|bz2|xz|jar|whl|deb|rpm))$", re.I)
_DIGIT = re.compile(r"[0-9]")
_PIECE = re.compile(r"[._-]")
_BARE = re.compile(r"[A-Za-z]?[._-]?/(?:\.?[xX])?")


@dataclass(frozen=True, slots=True)
class FileName:
    """How the recipe's file is named. `kind` is "tar" for all tarballs, as upstreams change
    their compression; else the ending itself, or "" if the file is no archive."""

    kind: str
    pattern: TagPattern

    def version_of(self, other: str) -> str | None:
        """The version of another file, if that is one of this kind and naming."""
        stem, kind = split_ending(other)
        if kind != self.kind or not stem:
            return None
        return version_in(self.pattern, stem)


@dataclass(frozen=True, slots=True)
class Step:
    """A folder named after `series`, which is the version (then it is `whole`) or its start.

    `before` is the path that leads to it, from the step above.
    """

    before: str
    pattern: TagPattern
    series: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """`rest` is the path from the last step to the file, `folder` the URL of the file's own folder,
    `file` is None where only a folder tells the version."""

    origin: str
    steps: tuple[Step, ...]
    rest: str
    folder: str
    name: str
    file: FileName | None

    @property
    def ending(self) -> str:
        return self.name[len(split_ending(self.name)[0]) :]


def trail(url: RecipeUrl) -> Trail | None:
    """The trail of a recipe's URL; None if no part of its path spells the version."""
    parts = url.parts
    if parts is None or not web_host(url) or not url.version:
        return None
    *folders, name = parts.path.lstrip("/").split("/")
    file = _file(unquote(name), url.version)
    steps, rest = _steps(folders, url.version)
    if not name or (file is None and not any(step.whole for step in steps)):
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    folder = "/".join([origin, *folders, ""])
    return Trail(origin, steps, rest, folder, unquote(name), file)


def split_ending(name: str) -> tuple[str, str]:
    """Stem and kind of a file name, as `FileName` has them."""
    match = _ENDING.search(name)
    if match is None:
        return name, ""
    return name[: match.start()], "tar" if match["tar"] else match[0].lower()


def version_in(pattern: TagPattern, text: str) -> str | None:
    try:
        return pattern.version(text)
    except ForeignTag:
        return None


def _file(name: str, version: str) -> FileName | None:
    stem, kind = split_ending(name)
    pattern = learn([stem], version)
    return FileName(kind, pattern) if pattern.learned else None


def _steps(folders: list[str], version: str) -> tuple[tuple[Step, ...], str]:
    """The steps, and the path behind the last one."""
    steps: list[Step] = []
    before = "/"
    for folder in folders:
        if step := _step(before, unquote(folder), version):
            steps.append(step)
            before = ""
        else:
            before += f"{folder}/"
    return tuple(steps), before


def _step(before: str, folder: str, version: str) -> Step | None:
    for series in _starts(version):
        pattern = learn([folder], series)
        if pattern.learned and _names_a_series(pattern, series):
            return Step(before, pattern, series, whole=series == version)
    return None


def _names_a_series(pattern: TagPattern, series: str) -> bool:
    """One number alone is part of many names: `v6.x` and `R-4` are series, `at-spi2-core` not."""
    around = f"{pattern.prefix}/{pattern.suffix}"
    alone = _PIECE.search(series) is None
    return not _DIGIT.search(around) and (not alone or bool(_BARE.fullmatch(around)))


def _starts(version: str) -> Iterator[str]:
    """The version, and what is left of it as pieces drop off: 1.2.3, 1.2, 1."""
    ends = [match.start() for match in _PIECE.finditer(version)] + [len(version)]
    yield from (version[:end] for end in reversed(ends) if end)
