"""A repository of a GitHub organisation, as a feedstock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.outcomes import Outcome
from graph.channels.found import Found, Home, Settled
from graph.outcomes import NOT_FOUND, TOO_LARGE
from graph.recipes.model import RecipeText
from graph.recipes.tree import MAX_CI_BYTES, MAX_CI_FILES, MAX_SIDE_BYTES, RECIPE_FILES

SUFFIX = "-feedstock"
SETTINGS = "conda-forge.yml"
VARIANTS = ".ci_support"
RECIPES = tuple(f"recipe/{file}" for file in RECIPE_FILES)

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Repository:
    """`head` is what changes with each push: the commit, or the time of the push; empty for a
    repository without any. `id` is GitHub's own, where it is needed."""

    name: str
    head: str
    home: Home
    id: str = ""

    @property
    def is_feedstock(self) -> bool:
        return bool(_NAME.fullmatch(self.name)) and self.feedstock not in ("", self.name)

    @property
    def feedstock(self) -> str:
        return self.name.removesuffix(SUFFIX)

    def is_settled(self, settled: Settled) -> bool:
        seen = settled.get(self.feedstock)
        return seen is not None and seen.commit == self.head

    def unchanged(self, settled: Settled) -> Found:
        """As it was last looked at, which may be before what is its head now."""
        seen = settled[self.feedstock]
        return Found(self.feedstock, seen.path, None, self.home, seen.commit)

    def found(self, text: RecipeText | Outcome) -> Found:
        path = f"{self.name}/{text.file}" if isinstance(text, RecipeText) else self.name
        return Found(self.feedstock, path, text, self.home, self.head)


def recipe_from(files: Mapping[str, bytes]) -> RecipeText | Outcome:
    """What to read of a feedstock's files, by path; the rules are those of a tree on a disk."""
    file = next((each for each in RECIPES if each in files), None)
    if file is None:
        return NOT_FOUND.outcome(file=RECIPES[0])
    variants = {
        path.rpartition("/")[2]: data for path, data in sorted(files.items()) if is_variant(path)
    }
    beside = {SETTINGS: files.get(SETTINGS, b""), **variants}
    for name, data in beside.items():
        if len(data) > MAX_SIDE_BYTES:
            return TOO_LARGE.outcome(file=name, line=1, size=len(data), limit=MAX_SIDE_BYTES)
    total = sum(map(len, variants.values()))
    if total > MAX_CI_BYTES:
        return TOO_LARGE.outcome(file=VARIANTS, line=1, size=total, limit=MAX_CI_BYTES)
    texts = {name: data.decode("utf-8", "replace") for name, data in beside.items()}
    settings = texts.pop(SETTINGS)
    kept = dict(list(texts.items())[: MAX_CI_FILES + 1])
    return RecipeText(file, files[file], kept, settings)


def is_variant(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == VARIANTS and name.endswith(".yaml")
