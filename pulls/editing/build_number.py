"""Setting the build number back to 0.

An offset stays: `{{ build + 100 }}` keeps its 100, and of numbers that differ by hundreds between
variants (3 and 203) the hundreds are kept (0 and 200), for they say which variant to prefer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulls.editing.entries import Entry
from pulls.editing.literals import Definition
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import Workbench

_WHY = "a new version starts at build number 0"
_NAME = re.compile(r"(?<![\w.\"'|])[A-Za-z_]\w*")
_INTEGER = re.compile(r"\s*(?P<quote>[\"']?)(?P<number>\d{1,9})(?P=quote)\s*")
_IN_FLOW = re.compile(r"\bnumber:[ \t]*(?P<number>\d{1,9})(?![\w.])")
_ABOUT_BUILDS = re.compile(r"build|number|num|bld", re.IGNORECASE)
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class _Number:
    """An integer written out at `text[start:end]`."""

    value: int
    start: int
    end: int


def reset(bench: Workbench) -> list[Substitution]:
    """What sets every build number of the recipe to 0, or to its offset."""
    found: dict[str, list[_Number]] = {}
    names: set[str] = set()
    for entry in bench.entries:
        if entry.within("build", "number"):
            names.update(_NAME.findall(entry.value) if "{{" in entry.value else ())
            found.setdefault("/".join(entry.path), []).extend(_numbers(entry.value, entry.start))
        elif entry.key == "build" and entry.value.startswith("{"):
            found.setdefault("{", []).extend(_in_flow(entry))
    variables = _variables(bench, names)
    return [each for group in (*found.values(), *variables) for each in _reset(group)]


def _numbers(text: str, start: int) -> Iterator[_Number]:
    """The number that `text`, which stands at `start`, is; none if it is anything else."""
    bare = re.sub(r"^\$?\{\{|\}\}$", lambda brace: " " * len(brace[0]), text)
    if found := _INTEGER.fullmatch(bare):
        begin, end = found.span("number")
        yield _Number(int(found["number"]), start + begin, start + end)


def _in_flow(entry: Entry) -> Iterator[_Number]:
    for found in _IN_FLOW.finditer(entry.value):
        begin, end = found.span("number")
        yield _Number(int(found["number"]), entry.start + begin, entry.start + end)


def _variables(bench: Workbench, names: set[str]) -> Iterator[list[_Number]]:
    """The numbers to which the variables that a build number is made of are set."""
    definitions: dict[str, list[Definition]] = {}
    for each in bench.definitions:
        definitions.setdefault(each.name, []).append(each)
    numbers: dict[str, list[_Number]] = {}
    for name in sorted(_reached(definitions, names)):
        for each in definitions.get(name, ()):
            numbers.setdefault(name, []).extend(_numbers(each.expression, each.start))
    numbers = {name: each for name, each in numbers.items() if each}
    named = {name: each for name, each in numbers.items() if _ABOUT_BUILDS.search(name)}
    yield from (named or numbers).values()


def _reached(definitions: Mapping[str, list[Definition]], names: set[str]) -> set[str]:
    """These variables, and all that they are made of."""
    reached: set[str] = set()
    while names:
        reached |= names
        used = [each.expression for name in names for each in definitions.get(name, ())]
        names = {name for expression in used for name in _NAME.findall(expression)} - reached
    return reached


def _reset(numbers: list[_Number]) -> Iterator[Substitution]:
    """Numbers of one place, which selectors choose from."""
    differ = len({each.value for each in numbers}) > 1
    for each in numbers:
        kept = each.value // _HUNDRED * _HUNDRED if differ else 0
        if each.value != kept:
            yield Substitution(each.start, each.end, str(kept), _WHY)
