"""Reading `recipe.yaml` with py-rattler-build, which renders it as a build would.

Never `experimental=True` (its functions open files and run git), never a real recipe directory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rattler_build import (
    MultiOutputRecipe,
    PlatformConfig,
    RattlerBuildError,
    RenderConfig,
    RenderedVariant,
    Stage0Recipe,
    VariantConfig,
)

from graph import outcomes
from graph.recipes import bounded_yaml, functions, v1_errors, v1_fields
from graph.recipes.bounded_yaml import YamlError
from graph.recipes.facts import Facts, assemble
from graph.recipes.model import Recipe
from graph.recipes.templates import RecipeEnvironment, Template
from graph.recipes.v1_fields import Rendered
from graph.recipes.variants import Variant

_ENVIRONMENT = RecipeEnvironment(variable_start_string="${{")


def read(text: str, file: str, variants: Sequence[Variant]) -> Recipe:
    """The recipe of a `recipe.yaml`. Raises OutcomeError with a `recipe.*` code, file and line."""
    _check_yaml(text, file)
    with tempfile.TemporaryDirectory(prefix="recipe-") as directory:
        try:
            recipe = _RecipeYaml(text, file, directory)
            by_variant = [(variant.platform, recipe.facts(variant)) for variant in variants]
        except RattlerBuildError as error:
            raise v1_errors.outcome_error(str(error), text, file) from None
    return assemble(1, by_variant, text, recipe.assumed(variants))


def _check_yaml(text: str, file: str) -> None:
    """What rattler-build's own parser would bear, or refuse without saying where."""
    try:
        document = bounded_yaml.load(text)
    except YamlError as error:
        raise error.in_recipe(file, error.line) from None
    if document.root is None:
        raise outcomes.EMPTY.error(file=file, line=1)
    if not isinstance(document.root, dict):
        raise outcomes.BAD_RECIPE.error(file=file, line=1, problem="it is no mapping")
    for each in document.duplicates:
        raise outcomes.DUPLICATE_KEY.error(
            file=file, line=each.line, field=each.key, key=each.key, first=each.first
        )


class _RecipeYaml:
    """A `recipe.yaml` to be read for several variants, with an empty directory to work in."""

    def __init__(self, text: str, file: str, directory: str) -> None:
        self._file = file
        self._recipe = Stage0Recipe.from_yaml(text, recipe_dir=directory)
        self._unrendered = self._recipe.to_dict()
        self._skip_probe = self._make_skip_probe(directory)
        self._used: set[str] = set()

    def facts(self, variant: Variant) -> Facts:
        """What the recipe says for one variant."""
        rendered = _render(self._recipe, variant)
        self._used.update(name for each in rendered for name in each.variant)
        outputs = [each.recipe.to_dict() for each in rendered]
        top: dict[str, str] = {}
        if isinstance(self._recipe, MultiOutputRecipe):
            names = self._names(variant, outputs)
            top = {key: self._rendered(each, names) for key, each in self._top_fields()}
            order = [self._rendered(each, names) for each in v1_fields.names_of(self._unrendered)]
            outputs.sort(key=lambda output: _place(output["package"]["name"], order))
        facts = v1_fields.facts(outputs, top, is_skipped=self._is_skipped(variant))
        if not facts.name:
            raise outcomes.NO_NAME.error(file=self._file, line=1, field="package.name")
        return facts

    def assumed(self, variants: Sequence[Variant]) -> dict[str, str]:
        """The default values on which the variants that were read depend."""
        return {
            name: value
            for variant in variants
            for name, value in variant.defaults.items()
            if name in self._used and name not in variant.values
        }

    def _names(self, variant: Variant, outputs: Sequence[Rendered]) -> dict[str, Any]:
        context = outputs[0].get("context") if outputs else self._recipe.context
        return {**functions.namespace(variant), **(context or {})}

    def _top_fields(self) -> Iterator[tuple[str, str]]:
        for key, value in self._unrendered["recipe"].items():
            if key in ("name", "version") and isinstance(value, str):
                yield key, value

    def _rendered(self, template: str, names: Mapping[str, Any]) -> str:
        """rattler-build renders outputs only, not what stands in the recipe above them."""
        return Template(template, self._file, _ENVIRONMENT).render(names).text.strip()

    def _is_skipped(self, variant: Variant) -> bool:
        return self._skip_probe is not None and not _render(self._skip_probe, variant)

    def _make_skip_probe(self, directory: str) -> Stage0Recipe | None:
        """A recipe that is skipped where this one is; None if that is nowhere.

        rattler-build leaves out what is skipped, but only among several outputs; so a recipe of
        its own, with the same condition and nothing else, tells.
        """
        skip = self._unrendered["build"]["skip"]
        if not skip:
            return None
        probe = {
            "context": self._recipe.context,
            "recipe": {"name": "probe", "version": "0"},
            "build": {"skip": skip},
            "outputs": [{"package": {"name": "probe"}}],
        }
        return Stage0Recipe.from_dict(probe, recipe_dir=directory)


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _render(recipe: Stage0Recipe, variant: Variant) -> list[RenderedVariant]:
    values = {**variant.defaults, **variant.values}
    config = VariantConfig({name: [_typed(value)] for name, value in values.items()})
    platform = PlatformConfig(
        target_platform=variant.platform,
        host_platform=variant.platform,
        build_platform=variant.build_platform,
        experimental=False,
    )
    return recipe.render(config, RenderConfig(platform=platform))


def _typed(value: str) -> str | bool:
    """In `if: is_abi3`, the text "false" would be true."""
    lowered = value.lower()
    return lowered == "true" if lowered in ("true", "false") else value
