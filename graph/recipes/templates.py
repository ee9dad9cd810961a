"""The jinja sandbox in which templates of recipes are rendered.

Far narrower than jinja's own: no loader, few filters, and `bounds` on what an expression may cost.
What still gets through, such as loops within loops, is stopped by the reader process.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.outcomes import OutcomeError
from graph import outcomes
from graph.recipes import bounds, plain_templates
from graph.recipes.bounds import LimitError

FILTERS = (
    *("abs", "float", "int", "max", "min", "round", "sum"),
    *("capitalize", "lower", "reverse", "string", "title", "trim", "upper"),
    *("d", "default", "dictsort", "first", "items", "last", "length", "list"),
    *("map", "reject", "select", "sort", "unique"),
)
GLOBALS = ("dict", "namespace", "range")


class MissingEnvironmentError(Exception):
    """A template asks for an environment variable that no build defines; its name."""


class RecordingContext(Context):
    """A context that remembers which names were looked up outside the template."""

    def resolve_or_missing(self, key: str) -> Any:
        if key not in self.vars:
            self.environment.looked_up.add(key)  # type: ignore[attr-defined]
        return super().resolve_or_missing(key)


class BoundedGenerator(CodeGenerator):
    """Compiles `a ~ b` to a call of ours, for jinja's own can't be intercepted."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - jinja's name
        self.write("environment.concat_bounded((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class RecipeEnvironment(ImmutableSandboxedEnvironment):
    """The environment of all templates of recipes."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "//"})
    context_class = RecordingContext
    code_generator_class = BoundedGenerator

    def __init__(
        self, *, undefined: type[jinja2.Undefined] = jinja2.StrictUndefined, **options: Any
    ) -> None:
        super().__init__(
            undefined=undefined,
            loader=jinja2.DictLoader({}),
            extensions=["jinja2.ext.do"],
            cache_size=0,
            **options,
        )
        self.looked_up: set[str] = set()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.globals = {name: self.globals[name] for name in GLOBALS}

        self.filters |= {"replace": _replace, "join": _join}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Old recipes count with `.__len__()`; no other name of Python's own is theirs to use."""
        return attr == "__len__" or super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        bounds.check_operation(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        bounds.check_call(function, (*args, *kwargs.values()))
        return super().call(context, function, *args, **kwargs)

    def concat_bounded(self, parts: tuple[Any, ...]) -> str:
        return bounds.join(parts)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    bounds.check_replace(str(text), new)
    return str(text).replace(old, new, count)


def _join(parts: Iterable[Any], separator: str = "") -> str:
    return bounds.join(parts, separator)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered template, and the names that the result depends on."""

    text: str
    names: frozenset[str] = frozenset()


class Template:
    """A compiled template of one recipe.

    Raises OutcomeError: `recipe.bad_template`, `recipe.refused`, `recipe.undefined_variable`,
    `recipe.environment_variable`, `recipe.too_expensive`.
    """

    def __init__(self, source: str, file: str, environment: RecipeEnvironment) -> None:
        self._source = source
        self._file = file
        self._environment = environment
        self._plain = plain_templates.split(source)

    def render(self, names: Mapping[str, Any]) -> Rendered:
        self._environment.looked_up.clear()
        text = self._render_plain(names)
        if text is None:
            text = self._render_whole(names)
        return Rendered(text, frozenset(self._environment.looked_up))

    def _render_plain(self, names: Mapping[str, Any]) -> str | None:
        """None if the template isn't plain, or fails: as a whole it tells on which line."""
        if self._plain is None:
            return None
        try:
            return plain_templates.render(self._plain, self._environment, names)
        except Exception:
            return None

    def _render_whole(self, names: Mapping[str, Any]) -> str:
        try:
            context = self._whole.new_context(dict(names))
            return "".join(self._whole.root_render_func(context))
        except Exception as error:
            raise self._outcome(error) from None

    @cached_property
    def _whole(self) -> jinja2.Template:
        return self._environment.from_string(self._source)

    def _outcome(self, error: Exception) -> OutcomeError:
        """Whatever a template raises is its own fault: each error becomes an outcome."""
        where: dict[str, Any] = {"file": self._file, "line": _line(error)}
        match error:
            case OutcomeError():
                return error
            case jinja2.UndefinedError():
                return outcomes.UNDEFINED_VARIABLE.error(**where, name=_undefined_name(error))
            case MissingEnvironmentError():
                return outcomes.ENVIRONMENT_VARIABLE.error(**where, name=str(error))
            case SecurityError() | jinja2.TemplateNotFound():
                return outcomes.REFUSED.error(**where, problem=_words(error))
            case LimitError() | MemoryError() | RecursionError() | OverflowError():
                return outcomes.TOO_EXPENSIVE.error(**where, problem=_words(error))
        return outcomes.BAD_TEMPLATE.error(**where, problem=_words(error))


def _line(error: Exception) -> int:
    """The line of the template at which an error arose, counted from 1; 1 if it isn't known."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.lineno
    line = 1
    for frame, number in traceback.walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(number)
    return line


def _undefined_name(error: jinja2.UndefinedError) -> str:
    """`x` of "'x' is undefined" and of "'dict object' has no attribute 'x'"."""
    quoted: list[str] = re.findall(r"'([^']*)'", error.message or "")
    return (quoted[-1] if quoted else _words(error))[:100]


def _words(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f"it includes {error.name!r:.80}"
    if isinstance(error, MemoryError):
        return "it needs too much memory"
    words = str(error).partition("\n")[0].rstrip(".")
    return (words or type(error).__name__)[:200]
