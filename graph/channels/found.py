"""What a channel says of one of its feedstocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

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
    why there is nothing to read; None says that nothing changed since `path` was read.
    """

    name: str
    path: str
    text: RecipeText | Outcome | None
    home: Home = NOWHERE

    @classmethod
    def of(cls, recipe: FoundRecipe) -> Self:
        return cls(recipe.name, recipe.path, recipe.text)


Settled = Mapping[str, str]
"""Name -> path of the feedstocks whose last reading still holds as long as they don't change."""
