"""What a build changed, in words: out of `GraphBuild.changes`, which `graph.build` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TITLES = {
    ("feedstocks", "new"): "New feedstocks",
    ("feedstocks", "gone"): "Feedstocks gone",
    ("external", "new"): "New packages that nobody here builds",
    ("external", "gone"): "Packages from elsewhere no longer needed",
    ("edges", "new"): "New dependencies",
    ("edges", "gone"): "Dependencies gone",
    ("cycles", "new"): "New cycles",
    ("cycles", "gone"): "Cycles broken",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`names` are those of some of the `count`."""

    title: str
    count: int
    names: list[str]

    @property
    def left_out(self) -> int:
        return self.count - len(self.names)

    def __str__(self) -> str:
        more = f" and {self.left_out} more" if self.left_out else ""
        return f"{self.title}: {self.count}: {'; '.join(self.names)}{more}"


def changes(document: Mapping[str, Any]) -> Iterator[Change]:
    """Those that there were."""
    for (what, how), title in TITLES.items():
        named = document.get(what, {}).get(how, {"count": 0})
        if named["count"]:
            yield Change(title, named["count"], [_words(what, each) for each in named["names"]])


def _words(what: str, name: str | list[str]) -> str:
    if isinstance(name, str):
        return name
    return (" needs " if what == "edges" else ", ").join(name)
