"""Selectors of v0 recipes: `- gcc  # [linux and py>=310]`, judged without evaluating any code.

The rules are conda-build's (`select_lines`): the selector is the last bracket of a trailing
comment, a condition over the platform, the variant and some fixed names. Old recipes write it
without the `#`; that is taken for a selector only if it uses nothing but platform names, because
lists and extras look the same.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.outcomes import OutcomeError
from graph import outcomes

MAX_LENGTH = 500

Namespace = Mapping[str, Any]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}
_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
}
_STRING_METHODS = frozenset({"startswith", "endswith", "lower", "upper", "strip", "split"})
_PLATFORM_NAMES = frozenset(
    {"linux", "linux32", "linux64", "osx", "unix", "win", "win32", "win64"}
    | {"x86", "x86_64", "arm64", "aarch64", "ppc64le"}
    | {"py", "py2k", "py3k", "py27", "py35", "py36"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a recipe: its text without the selector, and the selector or ''."""

    text: str
    selector: str = ""


def split_lines(text: str) -> list[Line]:
    """Every line of `text`; a comment line becomes an empty one, so that numbers stay right."""
    return [_split_line(line.rstrip()) for line in text.split("\n")]


def _split_line(line: str) -> Line:
    if not line or line.lstrip().startswith("#"):
        return Line("")
    if "]" not in line:
        return Line(line)
    return _commented(line) or _bare(line) or Line(line)


def _commented(line: str) -> Line | None:
    """`text  # words [selector] words`; a `(` or `)` behind the bracket makes it a comment."""
    text, hash_sign, comment = line.partition("#")
    selector, tail = _last_bracket(comment)
    if not (hash_sign and text and selector) or "(" in tail or ")" in tail:
        return None
    quote = line[-1] if line[-1] in "'\"" else ""
    return Line((text.rstrip() + quote).rstrip(), selector)


def _last_bracket(comment: str) -> tuple[str, str]:
    """What stands in the last complete bracket, and what stands behind it."""
    start = comment.rfind("[")
    while start >= 0:
        inside, closing, tail = comment[start + 1 :].partition("]")
        if closing and inside and "[" not in inside:
            return inside, tail
        start = comment.rfind("[", 0, start)
    return "", ""


def _bare(line: str) -> Line | None:
    if not line.endswith("]"):
        return None
    text, _, selector = line[:-1].rpartition(" [")
    text = text.rstrip()
    if not text or text.endswith((":", "-", ",", "=")) or "[" in text:
        return None
    names = names_of(selector)
    return Line(text, selector) if names and names <= _PLATFORM_NAMES else None


def select(lines: Sequence[Line], namespace: Namespace, file: str) -> tuple[bool, ...]:
    """For each line whether it is kept.

    Raises OutcomeError: `recipe.unknown_selector`, `recipe.bad_selector`.
    """
    known: dict[str, bool] = {"": True}
    kept = []
    for number, line in enumerate(lines, start=1):
        if line.selector not in known:
            known[line.selector] = _judge(line, namespace, file, number)
        kept.append(known[line.selector])
    return tuple(kept)


def _judge(line: Line, namespace: Namespace, file: str, number: int) -> bool:
    field = line.text.strip().lstrip("- ").partition(":")[0][:80]
    where = {"file": file, "line": number, "field": field}
    try:
        return evaluate(line.selector, namespace)
    except UnknownNameError as error:
        raise _error(outcomes.UNKNOWN_SELECTOR, line, where, name=error.name) from None
    except (SyntaxError, TypeError, ValueError, LookupError) as error:
        problem = error.msg if isinstance(error, SyntaxError) else str(error)
        raise _error(outcomes.BAD_SELECTOR, line, where, problem=problem) from None


def _error(kind: Any, line: Line, where: dict[str, Any], **context: str) -> OutcomeError:
    error: OutcomeError = kind.error(**where, selector=line.selector.strip()[:200], **context)
    return error


def names_of(selector: str) -> set[str]:
    """The names that a selector uses; none if it is broken."""
    try:
        return set(_names(_parse(selector)))
    except SyntaxError:
        return set()


class UnknownNameError(Exception):
    """A selector uses a name that the namespace doesn't have."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def evaluate(selector: str, namespace: Namespace) -> bool:
    """The truth of one selector.

    Raises UnknownNameError, and SyntaxError, TypeError, ValueError or LookupError for a condition
    that makes no sense.
    """
    tree = _parse(selector)
    for name in _names(tree):
        if name not in namespace:
            raise UnknownNameError(name)
    return bool(_value(tree, namespace))


@lru_cache(maxsize=4096)
def _parse(selector: str) -> ast.expr:
    if len(selector) > MAX_LENGTH:
        raise SyntaxError(f"it is longer than {MAX_LENGTH} characters")
    try:
        return ast.parse(selector.strip(), mode="eval").body
    except (MemoryError, RecursionError):
        raise SyntaxError("it is nested too deeply") from None


def _names(tree: ast.expr) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in _CONVERSIONS:
            yield node.id


def _value(node: ast.expr, namespace: Namespace) -> Any:
    """The value of an expression; whatever is not on this list is refused."""
    match node:
        case ast.Constant(value=str() | int() | float() | None):
            return node.value
        case ast.Name():
            return namespace[node.id]
        case ast.Tuple() | ast.List():
            return tuple(_value(each, namespace) for each in node.elts)
        case ast.BoolOp():
            return _bool_op(node, namespace)
        case ast.UnaryOp(op=ast.Not()):
            return not _value(node.operand, namespace)
        case ast.BinOp(op=ast.BitAnd()):
            return _value(node.left, namespace) and _value(node.right, namespace)
        case ast.BinOp(op=ast.BitOr()):
            return _value(node.left, namespace) or _value(node.right, namespace)
        case ast.Compare():
            return _compare(node, namespace)
        case ast.Subscript(slice=ast.Constant(value=key)):
            return _value(node.value, namespace)[key]
        case ast.Attribute(attr="environ", value=ast.Name(id="os")):
            return namespace["environ"]
        case ast.Call(keywords=[]):
            return _call(node, namespace)
    raise SyntaxError(f"{ast.unparse(node)[:80]!r} is not allowed in a selector")


def _bool_op(node: ast.BoolOp, namespace: Namespace) -> Any:
    stops_at = isinstance(node.op, ast.Or)
    value = None
    for each in node.values:
        value = _value(each, namespace)
        if bool(value) is stops_at:
            break
    return value


def _compare(node: ast.Compare, namespace: Namespace) -> bool:
    left = _value(node.left, namespace)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, namespace)
        if not _COMPARISONS[type(op)](left, right):
            return False
        left = right
    return True


def _call(node: ast.Call, namespace: Namespace) -> Any:
    """`int(x)` and its like, `environ.get(x)`, and the harmless methods of strings."""
    arguments = [_value(each, namespace) for each in node.args]
    match node.func:
        case ast.Name(id=name) if name in _CONVERSIONS and len(arguments) == 1:
            return _CONVERSIONS[name](arguments[0])
        case ast.Attribute(attr="get", value=value):
            owner = _value(value, namespace)
            if isinstance(owner, Mapping):
                return owner.get(*arguments)
        case ast.Attribute(attr=method, value=value) if method in _STRING_METHODS:
            return getattr(str(_value(value, namespace)), method)(*arguments)
    raise SyntaxError(f"{ast.unparse(node)[:80]!r} is not allowed in a selector")
