"""What of a recipe the database can keep: strangers write recipes, and one bad value must not take
a whole batch with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from core.outcomes import Outcome
from graph.models import Feedstock, Maintainer, Output
from graph.outcomes import UNSTORABLE
from graph.recipes.model import Recipe

MOST_BITS = 64


def check(recipe: Recipe) -> None:
    """Raises OutcomeError (`graph.unstorable`) for a value that a column can't hold, or that a
    JSON column of SQLite or PostgreSQL refuses."""
    for field, value, longest in _columns(recipe):
        if len(value) > longest:
            problem = f"it has {len(value)} characters, at most {longest} are kept"
            raise UNSTORABLE.error(field=field, what=field, problem=problem)
    for field, value in recipe.as_dict().items():
        if problem := next(_problems(value), ""):
            raise UNSTORABLE.error(field=field, what=field, problem=problem)


def _columns(recipe: Recipe) -> Iterator[tuple[str, str, int]]:
    yield "name", recipe.name, _longest(Feedstock, "recipe_name")
    yield "version", recipe.version, _longest(Feedstock, "version")
    for output in recipe.outputs:
        yield "outputs", output.name, _longest(Output, "name")
        yield "outputs", output.version, _longest(Output, "version")
    for handle in recipe.maintainers:
        yield "maintainers", handle, _longest(Maintainer, "handle")


def _longest(model: type[Feedstock | Output | Maintainer], column: str) -> int:
    return int(getattr(model._meta.get_field(column), "max_length", 0))


def _problems(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if clean(value) != value:
            yield "it holds a character that is no text"
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield f"{value} is no number"
    elif isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            yield "it holds a number of more than 64 bits"
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _problems(key)
            yield from _problems(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _problems(each)


def clean(text: str) -> str:
    """The text with what no database column takes, null bytes and halves of pairs, replaced."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def clean_outcome(outcome: Outcome) -> Outcome:
    """An outcome quotes the recipe, so it can hold the same."""
    return Outcome.from_dict(
        {
            name: clean(value) if isinstance(value, str) else value
            for name, value in outcome.as_dict().items()
        }
    )
