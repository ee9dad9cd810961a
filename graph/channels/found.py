"""What a channel says of one of its feedstocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from core.outcomes import Outcome
from graph.recipes.model import RecipeText
from graph.recipes.tree import FoundRecipe


@dataclass(frozen=True, slots=True)
class Home:
    """Where a feedstock lives on its forge, as far as its channel knows."""

    forge_url: str = ""
    branch: str = ""
    archived: bool = False


NOWHERE = Home()


@dataclass(frozen=True, slots=True)
class Found:
    """A feedstock that is there.

    `path` is the recipe's below the channel's place ('/' as separator). `text` is what to read, or
    why there is nothing to read; None says that nothing changed since it was read. `commit` is the
    head that was looked at, where each feedstock has one of its own.
    """

    name: str
    path: str
    text: RecipeText | Outcome | None
    home: Home = NOWHERE
    commit: str = ""

    @classmethod
    def of(cls, recipe: FoundRecipe) -> Self:
        return cls(recipe.name, recipe.path, recipe.text)


class Seen(NamedTuple):
    """Where a recipe was when it was last looked at, and at which head."""

    path: str
    commit: str


Settled = Mapping[str, Seen]
"""Feedstocks whose last reading still holds as long as they don't change, by name."""
