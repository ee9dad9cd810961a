"""Reading recipes given as text, for tests."""

from __future__ import annotations

from textwrap import dedent

from core.outcomes import Outcome, OutcomeError
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read


def meta_yaml(text: str, **beside) -> RecipeText:
    return RecipeText("meta.yaml", dedent(text).encode(), **beside)


def recipe_yaml(text: str, **beside) -> RecipeText:
    return RecipeText("recipe.yaml", dedent(text).encode(), **beside)


def read_v0(text: str, *platforms: str, **beside) -> Recipe:
    return read(meta_yaml(text, **beside), platforms or ("linux-64",))


def read_v1(text: str, *platforms: str, **beside) -> Recipe:
    return read(recipe_yaml(text, **beside), platforms or ("linux-64",))


def failure(recipe: RecipeText, *platforms: str) -> Outcome:
    """The outcome that reading ends with; an AssertionError if it succeeds."""
    try:
        understood = read(recipe, platforms)
    except OutcomeError as error:
        return error.outcome
    raise AssertionError(f"it was read: {understood}")
