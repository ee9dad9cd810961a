"""`dir:PATH`: a tree of recipes on a disk that the workers can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from graph.outcomes import NO_SUCH_DIRECTORY
from graph.recipes.tree import FoundRecipe, find_recipes


def locate(place: str) -> str:
    path = Path(place).expanduser()
    if not (path.is_dir() and os.access(path, os.R_OK | os.X_OK)):
        raise NO_SUCH_DIRECTORY.error(path=place)
    return str(path.resolve())


def suggest_name(place: str) -> str:
    return Path(place).name


def find(place: str) -> Iterator[FoundRecipe]:
    # A disk that isn't mounted must not look like a channel whose feedstocks are all gone.
    return find_recipes(Path(locate(place)))
