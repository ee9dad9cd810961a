"""Typed access to the environment: one place that knows names, defaults and bad values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class Environment:
    """Reads settings from a mapping and remembers every name asked for.

    Each getter raises ImproperlyConfigured, naming the variable, on a value it can't use.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()
        self.secrets: set[str] = set()
        self.secret_files: set[str] = set()

    def _raw(self, name: str) -> str | None:
        self.names.add(name)
        return self._values.get(name)

    def text(self, name: str, default: str = "") -> str:
        value = self._raw(name)
        return default if value is None else value.strip()

    def first(self, *names: str) -> str:
        """The first of several names that is set, or nothing."""
        return next(filter(None, [self.text(name) for name in names]), "")

    def secret(self, name: str, default: str = "") -> str:
        """The variable, or the content of the file that NAME_FILE names."""
        value = self._secret(name)
        self.secrets |= {value} if value else set()
        return value or default

    def _secret(self, name: str) -> str:
        value = self._raw(name)
        path = self._raw(f"{name}_FILE")
        if value and path:
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; keep one of them.")
        if not path:
            return value or ""
        self.secret_files.add(path)
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE can't be read: {error}") from error

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._raw(name)
        if value is None:
            return default
        if value.strip().lower() in TRUE | FALSE:
            return value.strip().lower() in TRUE
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")

    def integer(self, name: str, default: int, *, least: int = 0) -> int:
        return int(self._number(name, default, least, int))

    def number(self, name: str, default: float, *, least: float = 0.0) -> float:
        return float(self._number(name, default, least, float))

    def _number(
        self, name: str, default: float, least: float, convert: type[int] | type[float]
    ) -> float:
        value = self._raw(name)
        if value is None or not value.strip():
            return default
        try:
            number = convert(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from error
        if number < least:
            raise ImproperlyConfigured(f"{name} must be at least {least}, not {value!r}.")
        return number

    def words(self, name: str, default: str = "") -> list[str]:
        """A list separated by commas."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def choice(self, name: str, default: str, choices: set[str]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise ImproperlyConfigured(
                f"{name} must be one of {', '.join(sorted(choices))}, not {value!r}."
            )
        return value

    def json_object(self, name: str) -> dict[str, Any]:
        value = self.text(name)
        if not value:
            return {}
        try:
            parsed = json.loads(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} is not valid JSON: {error}") from error
        if not isinstance(parsed, dict):
            raise ImproperlyConfigured(f"{name} must be a JSON object.")
        return parsed
