"""What a backup says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import orjson

FORMAT = 1
NAME = "manifest.json"
DATABASE, SECRET_KEY, PATCHES = "database", "secret-key", "patches"


class BadManifest(ValueError):
    """Its message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Member:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`version` is Botsite's, `database` sqlite or postgresql; `migrations` are those applied, by
    app; `seconds` is how long the copy took, from `made_at` on."""

    version: str
    database: str
    made_at: datetime
    seconds: float
    migrations: Mapping[str, list[str]]
    files: Mapping[str, Member]

    def as_dict(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    def as_json(self) -> bytes:
        return orjson.dumps(self.as_dict(), option=orjson.OPT_INDENT_2)


def parse(text: bytes) -> Manifest:
    """Raises BadManifest."""
    try:
        told = orjson.loads(text)
        if told["format"] != FORMAT:
            raise BadManifest(f"its format is {told['format']!r}, not {FORMAT}")
        return Manifest(
            version=str(told["version"]),
            database=str(told["database"]),
            made_at=datetime.fromisoformat(told["made_at"]),
            seconds=float(told["seconds"]),
            migrations={str(app): list(map(str, each)) for app, each in told["migrations"].items()},
            files={_safe(name): Member(**each) for name, each in told["files"].items()},
        )
    except (LookupError, TypeError, AttributeError, orjson.JSONDecodeError) as error:
        raise BadManifest("its manifest can't be read") from error


def _safe(name: str) -> str:
    """Only what a backup holds, and nothing outside of its folder."""
    parts = PurePosixPath(name).parts
    known = name in (DATABASE, SECRET_KEY) or (len(parts) > 1 and parts[0] == PATCHES)
    if not known or ".." in parts or "\\" in name or str(PurePosixPath(name)) != name:
        raise BadManifest(f"it holds a file {name!r}, which no backup has")
    return name
