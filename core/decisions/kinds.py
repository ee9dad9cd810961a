"""The kinds of decisions that can stand in a file, and those in force as its entries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from core.models import Override
from core.overrides import Person


class Ends(Enum):
    """Whether decisions of a kind have an end."""

    NEVER = auto()
    MAY = auto()
    MUST = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as a file tells it. `line` is where, from 1; 0 for one that is in force here."""

    kind: DecisionKind
    target: str
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    author: str = ""
    since: datetime | None = None
    until: datetime | None = None
    line: int = 0

    @property
    def identity(self) -> tuple[str, ...]:
        """Two decisions of one identity can't be in force together: the later replaces the
        earlier."""
        values = self.values.values() if self.kind.several else ()
        return self.kind.section, self.target, self.kind.name, *values

    def says_the_same(self, other: Entry) -> bool:
        """Whoever said it, and whenever."""
        mine = (dict(self.values), self.reason, self.until)
        return mine == (dict(other.values), other.reason, other.until)


Check = Callable[[str], str]  # what is wrong with a value; nothing if it is fine


@dataclass(frozen=True, slots=True, eq=False)
class DecisionKind:
    """A kind of decision, in the section of what it is decided upon.

    `stored` is the kind of its Override, whose target is `prefix` and then the entry's; `fields`
    are the keys of its value. Of `several` ones, those with other values hold side by side.
    `known` tells which targets there are here; `make` and `end` do and undo it, as people do.
    """

    section: str
    name: str
    known: Callable[[Collection[str]], set[str]]
    make: Callable[[Entry, Person], object]
    end: Callable[[Override, Person], object]
    stored: str = ""
    prefix: str = ""
    fields: Mapping[str, Check] = field(default_factory=dict)
    ends: Ends = Ends.NEVER
    several: bool = False
    whole: str = ""  # what a file calls the target that is only the prefix


_kinds: dict[tuple[str, str], DecisionKind] = {}
_sections: dict[str, str] = {}


def section(name: str, title: str) -> None:
    """Declare a section of the file, with the comment above it."""
    _sections[name] = title


def declare_kind(kind: DecisionKind) -> None:
    if (kind.section, kind.name) in _kinds:
        raise ValueError(f"decision kind {kind.name!r} of {kind.section} is declared twice")
    _kinds[kind.section, kind.name] = kind


def sections() -> dict[str, str]:
    return dict(sorted(_sections.items()))


def kinds_of(section: str) -> dict[str, DecisionKind]:
    return {name: kind for (own, name), kind in sorted(_kinds.items()) if own == section}


@dataclass(frozen=True, slots=True)
class InForce:
    row: Override
    entry: Entry


def in_force() -> list[InForce]:
    """All decisions that can stand in a file, in its order."""
    stored = {_stored(kind) for kind in _kinds.values()}
    rows = Override.objects.active().filter(kind__in=stored).order_by("created_at", "pk")
    found = [InForce(row, entry) for row in rows if (entry := entry_of(row))]
    return sorted(found, key=lambda each: each.entry.identity)


def entry_of(row: Override) -> Entry | None:
    """None for one that no installed app obeys."""
    kind = _kind_of(row)
    if kind is None:
        return None
    return Entry(
        kind,
        row.target.removeprefix(kind.prefix) or kind.whole,
        {name: str(row.value.get(name, "")) for name in kind.fields},
        row.reason,
        row.author_name,
        row.created_at,
        row.expires_at,
    )


def _kind_of(row: Override) -> DecisionKind | None:
    """The longest prefix wins: schedules and packages can both be paused."""
    able = [
        kind
        for kind in _kinds.values()
        if _stored(kind) == row.kind and row.target.startswith(kind.prefix)
    ]
    return max(able, key=lambda kind: len(kind.prefix), default=None)


def _stored(kind: DecisionKind) -> str:
    return kind.stored or kind.name
