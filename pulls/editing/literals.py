"""The values that a recipe writes out: of jinja variables, of `context`, of versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pulls.editing.entries import Entry
from pulls.editing.substitutions import Substitution

_SET = re.compile(
    r"\{%[-+]?\s*set\s+(?P<name>[A-Za-z_]\w*)\s*=(?P<value>(?:[^%]|%(?!\})){0,1000}?)[-+]?%\}"
)
_STRING = re.compile(r'"(?P<double>[^"\\\r\n]*)"|\'(?P<single>[^\'\\\r\n]*)\'')
_IN_FLOW = re.compile(r"\{.*\bversion:[ \t]*[\"']?(?P<value>[^\s\"',{}]+)")
_WITH_VERSIONS = ("package", "recipe", "outputs")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# What must be quoted to stay a text: in an expression anything, in YAML a number.
_IN_JINJA = re.compile(r".*")
_IN_YAML = re.compile(r"[-+]?[\d_]*\.?\d*(?:[eE][-+]?\d+)?|0[xo][\da-fA-F]+")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out at `text[start:end]`, without its quotes.

    `name` is the variable's; '' for a `version:` that is no variable. `is_whole` if nothing else
    makes up the value. `quote_if` is for those without quotes: what can't go without them.
    """

    name: str
    value: str
    start: int
    end: int
    is_whole: bool = True
    quote_if: re.Pattern[str] | None = None

    def becoming(self, value: str, why: str) -> Substitution:
        """As it must be written in this place: 1.10 without quotes would be 1.1."""
        if self.quote_if and self.quote_if.fullmatch(value):
            value = f'"{value}"'
        return Substitution(self.start, self.end, value, why)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a variable is set to: an expression of jinja, at `text[start:end]`."""

    name: str
    expression: str
    start: int
    end: int


def definitions(text: str, found: list[Entry], *, is_v1: bool) -> list[Definition]:
    """What each variable is set to, each time it is."""
    if is_v1:
        return [
            Definition(each.key, each.value, each.start, each.end)
            for each in found
            if each.path[0] == "context" and each.key
        ]
    return [
        Definition(each["name"], each["value"], *each.span("value")) for each in _SET.finditer(text)
    ]


def literals(text: str, found: list[Entry], *, is_v1: bool) -> list[Literal]:
    """Every value of a variable, and every `version:` that is no template."""
    variables = _of_context(found) if is_v1 else _of_statements(text)
    return [*variables, *_of_versions(found, is_v1=is_v1)]


def _of_statements(text: str) -> Iterator[Literal]:
    for statement in _SET.finditer(text):
        start, end = statement.span("value")
        name, value = statement["name"], statement["value"].strip()
        for string in _STRING.finditer(text, start, end):
            inner = string.span("double" if string["double"] is not None else "single")
            yield Literal(name, text[slice(*inner)], *inner, is_whole=string[0] == value)
        if number := _NUMBER.fullmatch(value):
            start += statement["value"].index(value)
            yield Literal(name, number[0], start, start + len(value), quote_if=_IN_JINJA)


def _of_context(found: list[Entry]) -> Iterator[Literal]:
    for each in found:
        if each.path[0] == "context" and each.value and "{{" not in each.value:
            name = next((key for key in reversed(each.path) if key), "")
            yield _plain(each, name)


def _of_versions(found: list[Entry], *, is_v1: bool) -> Iterator[Literal]:
    for each in found:
        if each.path[0] not in _WITH_VERSIONS or not each.value:
            continue
        if each.key == "package" and (inner := _IN_FLOW.search(each.value)):
            start, end = (each.start + at for at in inner.span("value"))
            yield Literal("", inner["value"], start, end)
        elif each.key == "version" and "{{" not in each.value:
            yield _plain(each, "") if is_v1 else Literal("", each.value, each.start, each.end)


def _plain(entry: Entry, name: str) -> Literal:
    quote_if = None if entry.quote else _IN_YAML
    return Literal(name, entry.value, entry.start, entry.end, quote_if=quote_if)
