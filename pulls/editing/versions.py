"""Where a recipe's version is written, found by writing another one and reading the recipe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from core.outcomes import OutcomeError
from pulls.editing import spelling
from pulls.editing.literals import Literal
from pulls.editing.substitutions import Substitution
from pulls.editing.workbench import Workbench
from pulls.outcomes import NOT_AS_EXPECTED, VERSION_COMPUTED, VERSIONS_DIFFER

MAX_PLANS = 24
MAX_PARTS = 4
MAX_LITERALS = 40
_SEPARATORS = "._-+"

Plan = list[Substitution]


def find(bench: Workbench, old: str, new: str) -> Plan:
    """What makes the recipe's version `new` (as conda spells it), on all its platforms.

    Raises OutcomeError: `pulls.version_computed`, `pulls.versions_differ`,
    `pulls.not_as_expected`.
    """
    failures: list[OutcomeError | None] = []
    for plan in islice(_plans(bench.literals, old, new), MAX_PLANS):
        try:
            if bench.read(plan).version == new:
                _check_each_variant(bench, plan, new)
                return plan
            failures.append(None)
        except OutcomeError as error:
            failures.append(error)
    if failures and failures[0]:  # the likeliest way to write it says most
        raise _explained(bench, failures[0])
    line = bench.line_of("package", "version")
    raise VERSION_COMPUTED.error(file=bench.file, line=line, field="version", old=old, new=new)


def _explained(bench: Workbench, failure: OutcomeError) -> OutcomeError:
    outcome = failure.outcome
    if not outcome.code.startswith("recipe."):
        return failure
    problem = outcome.message.rstrip(".")
    return NOT_AS_EXPECTED.error(file=bench.file, line=outcome.line, problem=problem)


def _plans(literals: list[Literal], old: str, new: str) -> Iterator[Plan]:
    """Ways to write the version, the likeliest first."""
    groups = _by_name(literals)
    why = f"version {old} becomes {new}"
    fields = groups.pop("", [])
    for name in sorted(groups, key=lambda name: name != "version"):
        yield from _alike(groups[name], fields, old, new, why)
        yield from _alike(groups[name], [], old, new, why)
    yield from _alike(fields, [], old, new, why)
    yield from _parts([each for each in literals if each.name], old, new, why)


def _by_name(literals: list[Literal]) -> dict[str, list[Literal]]:
    groups: dict[str, list[Literal]] = {}
    for each in literals:
        groups.setdefault(each.name, []).append(each)
    return groups


def _alike(
    literals: list[Literal], fields: list[Literal], old: str, new: str, why: str
) -> Iterator[Plan]:
    """All places that spell the version alike are changed alike; `fields` are changed along."""
    along = [each.becoming(new, why) for each in fields if each.value == old]
    if fields and not along:
        return
    by_value: dict[str, list[Literal]] = {}
    for each in literals:
        by_value.setdefault(each.value, []).append(each)
    for value, same in by_value.items():
        for spelled in dict.fromkeys(spelling.respelled(value, old, new)):
            yield [*(each.becoming(spelled, why) for each in same), *along]


def _parts(literals: list[Literal], old: str, new: str, why: str) -> Iterator[Plan]:
    """Several literals, one behind the other, that make up the version: "1.2" and "3"."""
    for tiles in _tilings(literals[:MAX_LITERALS], old):
        left, plan = new, []
        for literal in tiles:
            bare = literal.value.lstrip(_SEPARATORS)
            lead = literal.value[: len(literal.value) - len(bare)]
            part = left if literal is tiles[-1] else spelling.beginning_of(left, bare)
            if not part:
                break
            left = left[len(part) :].lstrip(_SEPARATORS)
            plan.append(literal.becoming(lead + part, why))
        else:
            yield plan


def _tilings(literals: list[Literal], text: str, depth: int = 0) -> Iterator[list[Literal]]:
    """Ways to lay literals end to end, with separators between them, so that they give `text`."""
    if not text:
        yield []
    elif depth < MAX_PARTS:
        for place, literal in enumerate(literals):
            for rest in _rests(text, literal.value):
                for others in _tilings(literals[place + 1 :], rest, depth + 1):
                    yield [literal, *others]


def _rests(text: str, value: str) -> Iterator[str]:
    """What is left of `text` behind `value`, with or without a separator between them."""
    rest = text.removeprefix(value)
    if value and rest != text and not (value[-1].isdigit() and rest[:1].isdigit()):
        yield rest
        if rest.lstrip(_SEPARATORS) not in ("", rest):
            yield rest.lstrip(_SEPARATORS)


def _check_each_variant(bench: Workbench, plan: Plan, new: str) -> None:
    """What is written more than once may be something else on another platform."""
    starts = {each.start for each in plan}
    names = {each.name for each in bench.literals if each.start in starts}
    if sum(each.name in names for each in bench.literals) <= len(names):
        return
    views = bench.each_variant(bench.read(plan).platforms)
    found = {bench.read(plan, view).version for view in views}
    if found - {new}:
        line, versions = bench.line(plan[0].start), ", ".join(sorted(found))
        raise VERSIONS_DIFFER.error(file=bench.file, line=line, field="version", versions=versions)
