"""Outcomes: how a stage ended, as a typed code that a person can act on.

Each app declares its codes in its own `outcomes.py` with `declare()`. Plain Python, so that
code which never touches the database (reading a recipe, fetching a URL) can use it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Turn(StrEnum):
    """Whose turn it is to act on an outcome."""

    MAINTAINER = "maintainer"
    BOT_TEAM = "bot team"
    UPSTREAM = "upstream"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stage ended. `line` counts from 1; 0 is unknown."""

    code: str
    message: str
    next: str = ""
    file: str = ""
    line: int = 0
    field: str = ""
    transient: bool = False

    @property
    def ok(self) -> bool:
        return self.code == "ok"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Outcome:
        """The inverse of `as_dict()`; unknown keys, from a newer version, are left out."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


class OutcomeError(Exception):
    """A stage ended with an outcome other than ok."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome

    def __reduce__(self) -> tuple[type[OutcomeError], tuple[Outcome]]:
        return type(self), (self.outcome,)


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """A declared code. `sentence` and `next` are format strings over what `outcome()` is given."""

    code: str
    title: str
    sentence: str
    next: str
    transient: bool
    turn: Turn

    def outcome(
        self, *, file: str = "", line: int = 0, field: str = "", **context: object
    ) -> Outcome:
        return Outcome(
            code=self.code,
            message=self.sentence.format(**context),
            next=self.next.format(**context),
            file=file,
            line=line,
            field=field,
            transient=self.transient,
        )

    def error(
        self, *, file: str = "", line: int = 0, field: str = "", **context: object
    ) -> OutcomeError:
        return OutcomeError(self.outcome(file=file, line=line, field=field, **context))


_kinds: dict[str, OutcomeKind] = {}


def declare(
    code: str,
    *,
    title: str,
    sentence: str,
    next: str,  # noqa: A002 - the contract's own word
    transient: bool = False,
    turn: Turn = Turn.MAINTAINER,
) -> OutcomeKind:
    """Declare a code, once. Raises ValueError if it is taken."""
    if code in _kinds:
        raise ValueError(f"outcome code {code!r} is declared twice")
    _kinds[code] = OutcomeKind(code, title, sentence, next, transient, turn)
    return _kinds[code]


def kind(code: str) -> OutcomeKind:
    """The declared kind of a code; a code of an app that is gone gets a neutral kind."""
    return _kinds.get(code) or OutcomeKind(code, code, code, "", False, Turn.BOT_TEAM)


def declared() -> Iterable[OutcomeKind]:
    """All declared kinds, by code."""
    return sorted(_kinds.values(), key=lambda each: each.code)


OK_KIND = declare("ok", title="OK", sentence="Done.", next="", turn=Turn.NOBODY)
OK = OK_KIND.outcome()

INTERNAL = declare(
    "core.internal_error",
    title="Internal error",
    sentence="Botsite itself failed: {error}.",
    next="The bot team finds the traceback in the log of the worker.",
    turn=Turn.BOT_TEAM,
)
