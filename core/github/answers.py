"""Making sense of answers, whose shape nobody but GitHub guarantees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.github.client import GitHub
from core.github.outcomes import BAD_ANSWER
from core.http import DoorError

_Value = TypeVar("_Value")


def understood(github: GitHub, read: Callable[[], _Value]) -> _Value:
    """What `read` makes of an answer. Raises OutcomeError (`github.bad_answer`) where the answer
    lacks what its API promises."""
    try:
        return read()
    except DoorError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise github.no(BAD_ANSWER, problem=f"{type(error).__name__} in its data") from None
