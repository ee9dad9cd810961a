"""`dir:PATH`: a tree of recipes on a disk that the workers can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from graph.channels.found import Found, Settled
from graph.outcomes import NO_SUCH_DIRECTORY
from graph.recipes.tree import find_recipes


def locate(place: str) -> str:
    path = Path(place).expanduser()
    if not (path.is_dir() and os.access(path, os.R_OK | os.X_OK)):
        raise NO_SUCH_DIRECTORY.error(path=place)
    return str(path.resolve())


def suggest_name(place: str) -> str:
    return Path(place).name


def position(place: str) -> str:
    """Unknown: nothing short of looking at every file tells whether one changed."""
    return ""


def find(place: str, settled: Settled) -> Iterator[Found]:
    # A disk that isn't mounted must not look like a channel whose feedstocks are all gone.
    return map(Found.of, find_recipes(Path(locate(place))))
