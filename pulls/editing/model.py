"""What editing takes and gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.outcomes import OK, Outcome
from graph.recipes.model import Recipe, RecipeText
from pulls.outcomes import BAD_HASH

HASH_LENGTHS = {"sha256": 64, "md5": 32, "sha1": 40}


@dataclass(frozen=True, slots=True)
class Digests:
    """The hashes of one file, in hexadecimal digits; empty if not known. `url` is where the file
    was found, if that isn't where it was asked for."""

    sha256: str = ""
    md5: str = ""
    sha1: str = ""
    url: str = ""

    def get(self, algorithm: str) -> str:
        """The hash in lower case. Raises OutcomeError: `pulls.bad_hash`."""
        value: str = getattr(self, algorithm).strip().lower()
        if value and not re.fullmatch(rf"[0-9a-f]{{{HASH_LENGTHS[algorithm]}}}", value):
            raise BAD_HASH.error(hash=value[:80], algorithm=algorithm)
        return value


Read = Callable[[RecipeText, Sequence[str]], Recipe | Outcome]
"""How a recipe is read for some platforms (none: all of its own): `ReaderPool.read_one`."""

HashResolver = Callable[[str, frozenset[str]], Digests]
"""The digests of the file at a URL, at least those named, as far as they can be had.

Raises OutcomeError if there is no such file, or it can't be known now.
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """A line that changes; `line` counts from 1, and the texts are without line end."""

    line: int
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Edited:
    """How editing ended. `data` is what the file should hold: if nothing changed, what it does.
    `urls` are those whose hashes are new. `diff` is a unified diff that `git apply` takes."""

    path: str
    data: bytes
    old_version: str = ""
    new_version: str = ""
    edits: tuple[Edit, ...] = ()
    outcome: Outcome = field(default=OK)
    diff: str = ""
    urls: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.edits)

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable: what `bump --json` prints."""
        return {
            "path": self.path,
            "changed": self.changed,
            "old_version": self.old_version,
            "new_version": self.new_version,
            "edits": [asdict(each) for each in self.edits],
            "outcome": self.outcome.as_dict(),
            "diff": self.diff,
        }
