"""Who works for this site: clusters and web processes, on all hosts, each with its version.

They tell so in passing, once a minute; who is silent for a while counts as gone.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cache
from hashlib import blake2b
from typing import Any, Self

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from core import hearsay

SILENCE = 180.0  # seconds after which a process counts as gone
_ALL = "crews"
_KEPT = 7 * 86_400.0  # seconds; names of processes that are gone are forgotten meanwhile


@dataclass(frozen=True, slots=True)
class Crew:
    """A process. `role` is the queue that its workers serve, or `web`; `schema` stands for the
    migrations that its code has."""

    role: str
    host: str
    pid: int
    version: str
    schema: str

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """What another version told: keys it doesn't know here are left out."""
        return cls(**{each.name: data.get(each.name, "") for each in fields(cls)})

    @property
    def name(self) -> str:
        return f"{self.host}:{self.pid} {self.role}"


def me(role: str) -> Crew:
    return Crew(role, socket.gethostname(), os.getpid(), settings.VERSION, schema())


@cache
def schema() -> str:
    """A digest of the last migrations of all apps, as this code has them; asks no database."""
    leaves = sorted(MigrationLoader(None).graph.leaf_nodes())
    return blake2b(repr(leaves).encode(), digest_size=6).hexdigest()


def report(crew: Crew) -> None:
    """Two that begin at the same moment may each forget the other, for a minute."""
    hearsay.tell(_of(crew.name), asdict(crew), SILENCE)
    names = set(_names())
    if crew.name not in names:
        living = [each for each in names if hearsay.recall(_of(each))]
        hearsay.tell(_ALL, sorted([*living, crew.name]), _KEPT)


@contextmanager
def enlisted(role: str) -> Iterator[Callable[[], None]]:
    """While this lasts, whoever calls what it gives is counted."""
    crew = me(role)
    try:
        yield lambda: report(crew)
    finally:
        hearsay.forget(_of(crew.name))


def present() -> list[Crew]:
    """All that were heard of late, by role and host."""
    told = [data for name in _names() if (data := hearsay.recall(_of(name)))]
    return sorted(map(Crew.from_dict, told), key=lambda each: (each.role, each.name))


def _names() -> list[str]:
    names: list[str] = hearsay.recall(_ALL) or []
    return names


def _of(name: str) -> str:
    return f"crew {name}"
