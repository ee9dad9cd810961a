"""Finding recipes in a directory tree: `NAME/meta.yaml`, `NAME/recipe.yaml`, or either below
`NAME/recipe/` with `conda-forge.yml` and `.ci_support/` beside that.

A directory with a recipe isn't searched further. `meta.yaml` goes before `recipe.yaml`, as for
the bot of conda-forge. Links are not followed, and sizes are judged before a file is opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.outcomes import Outcome, OutcomeError
from graph import outcomes
from graph.recipes.model import RecipeText
from graph.recipes.text import MAX_BYTES

RECIPE_FILES = ("meta.yaml", "recipe.yaml")
VARIANT_FILES = ("conda_build_config.yaml", "variants.yaml")
MAX_DEPTH = 8
MAX_CI_FILES = 1_000
MAX_SIDE_BYTES = 100_000
MAX_CI_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class FoundRecipe:
    """`name` is that of the feedstock's directory, `path` the recipe's below the root ('/' as
    separator), `text` what to read, or why it can't be read."""

    name: str
    path: str
    text: RecipeText | Outcome


def find_recipes(root: Path) -> Iterator[FoundRecipe]:
    """Every recipe below `root`, in the order of names. Raises OSError if that can't be listed."""
    os.scandir(root).close()
    yield from _below(root, root, 0)


def _below(root: Path, directory: Path, depth: int) -> Iterator[FoundRecipe]:
    if found := _recipe_of(root, directory):
        yield found
        return
    try:
        children = _directories(directory) if depth < MAX_DEPTH else []
    except OSError as error:
        path = directory.relative_to(root).as_posix()
        yield FoundRecipe(directory.name, path, _unreadable(path, error))
        return
    for child in children:
        yield from _below(root, child, depth + 1)


def _directories(directory: Path) -> list[Path]:
    with os.scandir(directory) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        ]
    return [directory / name for name in sorted(names)]


def _recipe_of(root: Path, directory: Path) -> FoundRecipe | None:
    """The recipe of a feedstock's directory, or None if it isn't one.

    The root may hold a feedstock that is called `recipe`, so there `recipe/` alone says nothing.
    """
    is_feedstock = os.path.lexists(directory / "conda-forge.yml")
    places = [directory]
    if directory != root or is_feedstock:
        places.append(directory / "recipe")
    for place in places:
        for file in RECIPE_FILES:
            path = place / file
            if os.path.lexists(path) and not place.is_symlink():
                relative = path.relative_to(root).as_posix()
                name = directory.resolve().name if directory == root else directory.name
                return FoundRecipe(name, relative, _read(directory, path, relative))
    if is_feedstock:
        relative = directory.relative_to(root).as_posix()
        return FoundRecipe(directory.name, relative, outcomes.NOT_FOUND.outcome(file=relative))
    return None


def _read(feedstock: Path, path: Path, file: str) -> RecipeText | Outcome:
    try:
        return RecipeText(
            file=file,
            data=_bytes(path, file, MAX_BYTES),
            ci_support=_ci_support(feedstock),
            conda_forge_yml=_side_text(feedstock / "conda-forge.yml"),
            variant_config=_variant_config(path.parent),
        )
    except OutcomeError as error:
        return error.outcome
    except OSError as error:
        return _unreadable(file, error)


def _unreadable(file: str, error: OSError) -> Outcome:
    problem = error.strerror or type(error).__name__
    return outcomes.UNREADABLE.outcome(file=file, line=1, problem=problem)


def _bytes(path: Path, file: str, limit: int) -> bytes:
    """The bytes of a plain file. Raises OutcomeError, OSError."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise outcomes.OUTSIDE_TREE.error(file=file, line=1)
    # The file may have been exchanged since: no link is followed, and no pipe waited for.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        size = os.fstat(descriptor).st_size
        data = stream.read(limit + 1) if size <= limit else b""
    if max(size, len(data)) > limit:
        raise outcomes.TOO_LARGE.error(file=file, line=1, size=max(size, len(data)), limit=limit)
    return data


def _ci_support(feedstock: Path) -> dict[str, str]:
    directory = feedstock / ".ci_support"
    if directory.is_symlink() or not directory.is_dir():
        return {}
    texts: dict[str, str] = {}
    left = MAX_CI_BYTES
    for path in sorted(directory.glob("*.yaml"))[: MAX_CI_FILES + 1]:
        texts[path.name] = _side_text(path, min(left, MAX_SIDE_BYTES))
        left -= len(texts[path.name])
    return texts


def _variant_config(directory: Path) -> dict[str, str]:
    texts = {file: _side_text(directory / file) for file in VARIANT_FILES}
    return {file: text for file, text in texts.items() if text}


def _side_text(path: Path, limit: int = MAX_SIDE_BYTES) -> str:
    """The text of a file beside the recipe; empty if there is none."""
    if not os.path.lexists(path):
        return ""
    data = _bytes(path, path.name, limit)
    return data.decode("utf-8", errors="replace")
