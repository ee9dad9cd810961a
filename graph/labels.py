"""Where a package is needed, on one line: `host:linux-64,osx-64 run:linux-64`.

Hundreds of thousands of edges carry such labels, and most of them the same few. As text they are
compared, shared and kept at next to no cost; as lists in dicts they made a build three times as
slow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

# What is constrained (`run_constrained`) isn't installed, so it is needed nowhere. `test` is last,
# so that labels that begin with it hold nothing else.
SECTIONS = ("build", "host", "run", "test")

Places = dict[str, tuple[str, ...]]
"""Section to platforms, sorted."""


def write(places: Mapping[str, Iterable[str]]) -> str:
    return " ".join(
        f"{section}:{','.join(sorted(set(places[section])))}"
        for section in SECTIONS
        if section in places
    )


@lru_cache(maxsize=4096)
def read(labels: str) -> Places:
    """The inverse of `write()`. Shared by all who ask: not to be changed."""
    parts = (part.partition(":") for part in labels.split())
    return {section: tuple(platforms.split(",")) for section, _, platforms in parts}


def is_test_only(labels: str) -> bool:
    return labels.startswith("test:")


@lru_cache(maxsize=4096)
def added(labels: str, sections: tuple[str, ...], platforms: tuple[str, ...]) -> str:
    """Labels that say all that these say, and need in each of the sections on these platforms."""
    places = read(labels)
    more = {section: (*places.get(section, ()), *platforms) for section in sections}
    return write(places | more)
