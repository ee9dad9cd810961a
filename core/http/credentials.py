"""Secrets that the operator allows us to send, each bound to one exact origin.

`BOTSITE_CREDENTIALS_FILE` is JSON: origin → {"header": NAME, "value_file": PATH}. The value is a
file of its own (relative to the JSON file), as secret stores mount them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.http.origins import Origin, parse_origin
from core.http.outcomes import DoorError
from core.logs import conceal

_HEADER = re.compile(r"[A-Za-z0-9-]+")


class CredentialsError(ValueError):
    """The credentials file is unusable; the message says why and never holds a value."""


class Credentials:
    """Headers by origin."""

    def __init__(self, headers: Mapping[Origin, tuple[str, str]]) -> None:
        self._headers = dict(headers)

    def headers_for(self, origin: Origin) -> dict[str, str]:
        """What to add to a request that goes to `origin` itself."""
        found = self._headers.get(origin)
        return {found[0]: found[1]} if found and may_carry_secrets(origin) else {}

    def __repr__(self) -> str:
        return f"<Credentials for {', '.join(map(str, self._headers)) or 'no origin'}>"


def may_carry_secrets(origin: Origin) -> bool:
    """Secrets travel encrypted, or do not leave the machine."""
    return origin.scheme == "https" or origin.on_loopback


def read_credentials(path: Path) -> Credentials:
    """Read a credentials file. Raises `CredentialsError`."""
    return Credentials(dict(_entry(path, key, value) for key, value in _entries(path).items()))


def value_files(path: Path) -> list[Path]:
    """The files with the values of a credentials file that can be used."""
    return [path.parent / str(entry["value_file"]) for entry in _entries(path).values()]


def _entries(path: Path) -> dict[str, Any]:
    try:
        entries = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CredentialsError(f"{path} cannot be read as JSON: {_kind(error)}") from None
    if not isinstance(entries, dict):
        raise CredentialsError(f"{path} must map origins to objects")
    return entries


def _entry(path: Path, key: str, entry: Any) -> tuple[Origin, tuple[str, str]]:
    try:
        origin = parse_origin(key)
    except DoorError as error:
        raise CredentialsError(f"{path}: {key!r} is no origin. {error}") from None
    if not may_carry_secrets(origin):
        raise CredentialsError(f"{path}: {origin} must be https; http only on loopback")
    if not isinstance(entry, dict) or set(entry) != {"header", "value_file"}:
        raise CredentialsError(f"{path}: {origin} needs exactly `header` and `value_file`")
    if not _HEADER.fullmatch(header := str(entry["header"])):
        raise CredentialsError(f"{path}: the header of {origin} is no header name")
    return origin, (header, _value(path, origin, str(entry["value_file"])))


def _value(path: Path, origin: Origin, name: str) -> str:
    try:
        value = (path.parent / name).read_text().strip()
    except (OSError, ValueError) as error:
        raise CredentialsError(
            f"{path}: the value file of {origin} cannot be read: {_kind(error)}"
        ) from None
    if not value or not value.isascii() or not value.isprintable():
        raise CredentialsError(f"{path}: the value of {origin} must be one line of ASCII")
    conceal([value])
    return value


def _kind(error: Exception) -> str:
    """What went wrong, without what was read."""
    return str(getattr(error, "strerror", None) or type(error).__name__)
