"""One pure function: the text of a recipe in, what it says out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.outcomes import Outcome, OutcomeError
from graph.recipes import v0, v1
from graph.recipes.conda_forge_yml import Settings, read_settings
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.text import decode
from graph.recipes.variants import variants


def read(recipe: RecipeText, platforms: Sequence[str] = ()) -> Recipe:
    """What `recipe` says on `platforms`; empty means all of `.ci_support`, or the default ones.

    Hostile text may take any time and memory: outside tests, call it through `wall.ReaderPool`.
    A broken conda-forge.yml is a remark, not a failure.
    Raises OutcomeError with a `recipe.*` code, file and line.
    """
    text = decode(recipe)
    settings, remarks = _settings(recipe.conda_forge_yml)
    chosen = variants(
        text, recipe.ci_support, platforms, settings.build_platforms, recipe.variant_config
    )
    read_text = v1.read if recipe.file.endswith("recipe.yaml") else v0.read
    understood = read_text(text, recipe.file, chosen)
    return replace(understood, bot=settings.bot, remarks=(*understood.remarks, *remarks))


def _settings(text: str) -> tuple[Settings, list[Outcome]]:
    try:
        return read_settings(text), []
    except OutcomeError as error:
        return Settings(), [error.outcome]
