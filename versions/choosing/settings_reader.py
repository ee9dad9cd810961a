"""Reading settings of unknown shape: what is not understood is a problem, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from versions.choosing.patterns import BadPattern, Pattern

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """A setting that was not understood, and is not obeyed."""

    field: str
    message: str


class SettingsReader:
    """Each method returns the value, or None and a problem more."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))

    def section(self, where: str, value: Any, known: Collection[str]) -> dict[str, Any]:
        """The keys of a mapping that are set; all of them, known or not."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(where, "must be a mapping.")
            return {}
        for key in value:
            if key not in known:
                self.problem(f"{where}.{key}", "is not a known setting.")
        return {str(key): each for key, each in value.items() if each is not None}

    def flag(self, where: str, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        self.problem(where, "must be true or false.")
        return None

    def text(self, where: str, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        self.problem(where, "must be a string.")
        return None

    def number(self, where: str, value: Any, most: float) -> float | None:
        """A number from 0 to `most`."""
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            return float(value)
        self.problem(where, f"must be a number from 0 to {most:g}.")
        return None

    def choice(self, where: str, value: Any, choices: Collection[str]) -> str | None:
        if isinstance(value, str) and value in choices:
            return value
        self.problem(where, f"must be one of {', '.join(choices)}.")
        return None

    def strings(self, where: str, value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            self.problem(where, "must be a list of strings.")
            return None
        # YAML reads an unquoted version as a number, which loses 1.10; the quoted one is meant.
        for each in value:
            if not isinstance(each, str):
                self.problem(where, f"{each!r} must be quoted, to be read as a string.")
        return tuple(str(each) for each in value)

    def pattern(self, where: str, value: Any) -> Pattern | None:
        text = self.text(where, value)
        return None if text is None else self._try(where, lambda: Pattern.read(text, where))

    def globs(self, where: str, value: Any) -> tuple[Pattern, ...] | None:
        texts = self.strings(where, [value] if isinstance(value, str) else value)
        if texts is None:
            return None
        return self._try(where, lambda: tuple(Pattern.glob(text, where) for text in texts))

    def _try(self, where: str, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except BadPattern as error:
            self.problem(where, f"{error}.")
            return None
