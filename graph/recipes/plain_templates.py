"""The short way to render plain templates: no blocks, every `{{ ... }}` and `{% set x = ... %}`
within one line.

Nearly all recipes are such, and compiling one costs more than all else about reading it. So their
expressions are compiled one by one, in the same sandbox, and kept: recipes share most of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, nodes
from jinja2 import Template as Compiled
from jinja2.parser import Parser
from jinja2.runtime import Context

MAX_LENGTH = 200
MAX_KEPT = 8_192
_RESULT = "result"

_TAG = re.compile(
    r"(?<!\$)\{\{(?![-+])(?P<shown>[^{}%\n]*)(?<![-+])\}\}"
    r"|\{%(?![-+])\s*set\s+(?P<name>[a-zA-Z]\w*)\s*=(?P<value>[^{}%=\n][^{}%\n]*)(?<![-+])%\}"
)
_OTHER_MARKUP = re.compile(r"\{[{%#]|[%#}]\}")
_LITERAL = re.compile(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*""")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a plain template; `name` is what it sets, or '' if it shows its value."""

    name: str
    expression: str


def split(source: str) -> list[str | Tag] | None:
    """The texts and tags of a plain template, None for any other."""
    source = source.removesuffix("\n")  # as jinja does
    pieces: list[str | Tag] = []
    position = 0
    for found in _TAG.finditer(source):
        pieces.append(source[position : found.start()])
        position = found.end()
        tag = Tag(found["name"] or "", found["value"] or found["shown"] or "")
        if tag.name == _RESULT or len(tag.expression) > MAX_LENGTH:
            return None
        pieces.append(tag)
    pieces.append(source[position:])
    is_plain = not any(isinstance(each, str) and _OTHER_MARKUP.search(each) for each in pieces)
    return pieces if is_plain else None


def render(pieces: Sequence[str | Tag], environment: Environment, names: Mapping[str, Any]) -> str:
    """The rendered template. Whatever goes wrong is raised as it comes, without a line."""
    context = environment.context_class(environment, dict(names), None, {})
    return "".join(_texts(pieces, context))


def _texts(pieces: Sequence[str | Tag], context: Context) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, str):
            yield piece
        elif piece.name:
            context.vars[piece.name] = _value(piece.expression, context)
        else:
            yield str(_value(piece.expression, context))


def _value(expression: str, context: Context) -> Any:
    if literal := _LITERAL.fullmatch(expression):
        return literal[1] if literal[2] is None else literal[2]
    for _ in _compile(expression, context.environment).root_render_func(context):
        pass
    return context.vars.pop(_RESULT)


@lru_cache(maxsize=MAX_KEPT)
def _compile(expression: str, environment: Environment) -> Compiled:
    """A template that does nothing but set `_RESULT`: jinja's own way to compile an expression.

    Raises jinja2.TemplateSyntaxError.
    """
    parser = Parser(environment, expression, state="variable")
    value = parser.parse_expression()
    if not parser.stream.eos:
        parser.fail("there is more than one expression")
    value.set_environment(environment)
    assignment = nodes.Assign(nodes.Name(_RESULT, "store"), value, lineno=1)
    return environment.from_string(nodes.Template([assignment], lineno=1))
