"""rattler-build's errors as outcomes. It raises text; the codes and lines are found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from rattler_build import RattlerBuildError, Stage0Recipe

from core.outcomes import OutcomeError
from graph import outcomes
from graph.recipes import bounded_yaml

MAX_SECTION_LINES = 300

_LINE = re.compile(r"line: (\d+), column|parse error: [^\d]{0,40}(\d+):\d+|at (\d+):\d+ and")
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"|reason: "((?:[^"\\]|\\.)*)"')
_TEMPLATE = re.compile(r"\(template: (.*)\)", flags=re.DOTALL)
_CONDITION = re.compile(r"(?:condition|expression) '(.*)'")
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_NAME = re.compile(r"(?<![\w.'\"])[A-Za-z_]\w*(?![\w'\"(])")
_QUOTED = re.compile(r"(?<!for )['\"\\]+([^'\"\\]{3,})['\"]")
_KNOWN = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none"}
    | {"linux", "osx", "win", "unix", "target_platform", "build_platform", "host_platform"}
)


def outcome_error(message: str, text: str, file: str) -> OutcomeError:
    """The outcome of an error that rattler-build raised for the recipe `text`."""
    where: dict[str, Any] = {"file": file, "line": _line(message, text)}
    problem = _problem(message)
    if found := re.search(r"Environment variable (\S+) not found", problem):
        return outcomes.ENVIRONMENT_VARIABLE.error(**where, name=found[1][:100])
    if "xperimental feature" in problem:
        return outcomes.REFUSED.error(**where, problem="it opens files or runs git")
    if found := re.search(r"You should add `(\w+)`", problem):
        return outcomes.UNDEFINED_VARIABLE.error(**where, name=found[1])
    if "undefined v" in problem:
        name = _undefined_name(problem, text, where["line"])
        return outcomes.UNDEFINED_VARIABLE.error(**where, name=name)
    if "JinjaError" in message or "Jinja template error" in message:
        return outcomes.BAD_TEMPLATE.error(**where, problem=problem)
    return outcomes.BAD_RECIPE.error(**where, problem=problem)


def _problem(message: str) -> str:
    """The sentence within the error, without rattler-build's internal structure."""
    found = _MESSAGE.search(message)
    inner = (found[1] or found[2]) if found else message
    return inner.replace('\\"', '"').replace("\\n", " ").strip()[:300]


def _undefined_name(problem: str, text: str, line: int) -> str:
    """The first name of the expression at fault that the recipe's context doesn't define, else
    the key that its value would have."""
    if condition := _CONDITION.search(problem):
        expression = condition[1]
    else:
        found = _TEMPLATE.search(problem)
        template = found[1] if found else text.split("\n")[line - 1]
        expression = " ".join(_EXPRESSION.findall(template)) or template
    defined = set(re.findall(r"^  (\w+)\s*:", text, flags=re.MULTILINE))
    names = [name for name in _NAME.findall(expression) if name not in _KNOWN]
    key = text.split("\n")[line - 1].partition(":")[0].strip(" -")
    return next((name for name in names if name not in defined), key)[:100]


def _line(message: str, text: str) -> int:
    """The line the error names, else the first with what it quotes, else the one without which
    the error is gone, else its section."""
    if found := _LINE.search(message):
        line = int(next(group for group in reversed(found.groups()) if group))
        return min(line, text.count("\n") + 1)
    for quoted in _QUOTED.findall(message):
        if quoted in text:
            return text.count("\n", 0, text.index(quoted)) + 1
    return next(_suspects(message, text), 1)


def _suspects(message: str, text: str) -> Iterator[int]:
    root = bounded_yaml.load(text).root
    lines = text.split("\n")
    starts = [*root.key_lines.values(), len(lines) + 1]
    for start, end in pairwise(starts):
        error = _error(lines[: start - 1] + lines[end - 1 :])
        if error != message and "missing required field" not in error:
            yield from _culprits(lines, start, min(end, start + MAX_SECTION_LINES))
            yield start


def _culprits(lines: Sequence[str], start: int, end: int) -> Iterator[int]:
    for line in range(start + 1, end):
        if lines[line - 1].strip() and not _error([*lines[: line - 1], *lines[line:]]):
            yield line


def _error(lines: Sequence[str]) -> str:
    try:
        Stage0Recipe.from_yaml("\n".join(lines))
    except RattlerBuildError as error:
        return str(error)
    return ""
