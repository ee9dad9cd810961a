"""Where a recipe's URLs hold the version themselves: as text, or in a variable beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.outcomes import OutcomeError
from graph.recipes.model import Recipe, Source
from pulls.editing import spelling
from pulls.editing.literals import Literal
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import Workbench

TEMPLATE = re.compile(r"\$?\{\{[^{}]{0,500}\}\}")
_SECTIONS = ("source", "outputs", "context", "cache")
_HOST = re.compile(r"[a-z+]+://[^/\s]*")
_FILE_NAMES = ("fn", "file_name")
_NUMBERED = {"major": 0, "minor": 1, "patch": 2, "micro": 2}
# A coincidence is unlikely from here on.
_TELLING_NUMBERS = 3


def follow(
    bench: Workbench, before: Recipe, plan: list[Substitution], new: str
) -> list[Substitution]:
    """What must change with the version so that the sources are those of the new one."""
    found = list(_variables(bench, before, plan, new))
    return [*found, *_texts(bench, before, [*plan, *found], new)]


def _urls(recipe: Recipe) -> set[tuple[str, ...]]:
    return {(*each.urls, each.git_url, each.git_rev) for each in recipe.sources}


def _variables(
    bench: Workbench, before: Recipe, plan: list[Substitution], new: str
) -> Iterator[Substitution]:
    """Variables that repeat the version, or a part of it, and go into a URL."""
    written = {each.start for each in plan}
    groups: dict[str, list[Substitution]] = {}
    urls = _urls(bench.read(plan))
    is_followed = urls != _urls(before)
    for literal in bench.literals:
        if literal.name and literal.start not in written:
            spelled = _respelled(literal, before.version, new, is_followed=is_followed)
            if spelled and spelled != literal.value:
                why = f"{literal.name} is a part of the version"
                groups.setdefault(literal.name, []).append(literal.becoming(spelled, why))
    for group in groups.values():
        try:
            if _urls(bench.read([*plan, *group])) != urls:
                yield from group
        except OutcomeError:  # then it is something else
            continue


def _respelled(literal: Literal, old: str, new: str, *, is_followed: bool) -> str | None:
    value = literal.value
    numbers = len(re.findall(r"\d+", value))
    if numbers >= _TELLING_NUMBERS or not is_followed:
        for spelled in spelling.respelled(value, old, new):
            return spelled
    if value in spelling.beginnings(old):
        return spelling.beginning_of(new, value)
    if (place := _NUMBERED.get(literal.name.lower())) is not None:
        return spelling.number_of(new, place) if value == spelling.number_of(old, place) else None
    return None


def _texts(
    bench: Workbench, before: Recipe, changes: list[Substitution], new: str
) -> Iterator[Substitution]:
    """The version as plain text within a URL, a tag, or the name that a file is to have."""
    after = bench.read(changes)
    known = _urls(before)
    is_followed = _urls(after) != known
    found = set(_file_names(bench, before.version, new))
    for source in after.sources:
        stays = (*source.urls, source.git_url, source.git_rev) in known
        needed = _TELLING_NUMBERS if stays and is_followed else 2 if is_followed else 1
        for old, spelled in spelling.forms(before.version, new):
            if len(re.findall(r"\d+", old)) >= needed:
                found.update(_in_places(bench, source, old, spelled))
    yield from sorted(found)


def _file_names(bench: Workbench, old: str, new: str) -> Iterator[Substitution]:
    for entry in bench.entries:
        if entry.key in _FILE_NAMES and "source" in entry.path:
            yield from _in_span(bench, entry.start, entry.end, old, new)


def _in_places(bench: Workbench, source: Source, old: str, new: str) -> Iterator[Substitution]:
    texts = [*zip(source.urls, source.url_templates, strict=True), (source.git_rev,) * 2]
    for url, template in texts:
        if spelling.is_bounded(old, url):
            for start, end in places(bench, url, template):
                yield from _in_span(bench, start, end, old, new)


def _in_span(bench: Workbench, start: int, end: int, old: str, new: str) -> Iterator[Substitution]:
    """In the plain text of a span, but not in the name of a host."""
    plain = TEMPLATE.sub(lambda tag: " " * len(tag[0]), bench.text[start:end])
    host = _HOST.match(plain)
    for found in spelling.bounded(old).finditer(plain, host.end() if host else 0):
        begin, finish = (start + each for each in found.span())
        yield Substitution(begin, finish, new, f"{old} stands here as text")


def places(bench: Workbench, url: str, template: str) -> Iterator[tuple[int, int]]:
    """Where the text of a URL or tag stands, and the texts of variables that went into it."""
    for text in dict.fromkeys((url, template)):
        for entry in bench.entries_of(text):
            if entry.path[0] in _SECTIONS:
                yield entry.start, entry.end
    for literal in bench.addresses:
        if literal.value in url:
            yield literal.start, literal.end
