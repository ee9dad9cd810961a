"""How much an expression of a template may ask for.

Checked before the work is done, so that a hostile template costs nothing; none of it is more than
any recipe needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MAX_SIZE = 100_000
MAX_CALL_NUMBER = 10_000
MAX_NUMBER = 10**18

_WIDE_FORMAT = re.compile(r"\d{4}|\*")


class LimitError(Exception):
    """A template asks for more than any recipe needs."""


def check_operation(operator: str, left: Any, right: Any) -> None:
    """Raises LimitError for an operation with a large result."""
    if operator == "**":
        raise LimitError("powers are not computed")
    if isinstance(left, int | float) and isinstance(right, int | float):
        if max(abs(left), abs(right)) > MAX_NUMBER:
            raise LimitError(f"a number is larger than {MAX_NUMBER}")
    elif operator == "*":
        _check_size(_times(left) * _times(right))
    elif operator == "+":
        _check_size(_size(left) + _size(right))
    elif operator == "%":
        check_format(left)


def check_call(function: Any, arguments: Iterable[Any]) -> None:
    """Raises LimitError for a call with a large number, and for a method of a string that would
    make it large."""
    arguments = list(arguments)
    if any(isinstance(each, int) and abs(each) > MAX_CALL_NUMBER for each in arguments):
        raise LimitError(f"a call with a number above {MAX_CALL_NUMBER}")
    method = getattr(function, "__wrapped__", function)  # jinja wraps str.format in a function
    subject = getattr(method, "__self__", None)
    if isinstance(subject, str):
        match method.__name__:
            case "format" | "format_map":
                check_format(subject)
            case "replace" if len(arguments) > 1:
                check_replace(subject, arguments[1])
            case "join" if arguments:
                join(arguments[0], subject)


def check_format(template: Any) -> None:
    if _WIDE_FORMAT.search(str(template)):
        raise LimitError("a format with a width above 999")


def check_replace(text: Any, new: Any) -> None:
    """At worst each character is replaced."""
    if _size(text) * _size(new) > 100 * MAX_SIZE:
        raise LimitError("a replacement that makes a text too large")


def join(parts: Iterable[Any], separator: Any = "") -> str:
    """`separator.join(parts)` of bounded length, for texts and for what renders as one."""
    texts = [str(each) for each in parts]
    _check_size(sum(map(len, texts)) + len(texts) * _size(separator))
    return str(separator).join(texts)


def _check_size(size: int) -> None:
    if size > MAX_SIZE:
        raise LimitError(f"a value would be larger than {MAX_SIZE}")


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 1


def _times(value: Any) -> int:
    """What a factor multiplies by: a number by itself, a text or list by its length."""
    return abs(value) if isinstance(value, int) else _size(value)
