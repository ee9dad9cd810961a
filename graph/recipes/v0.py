"""Reading `meta.yaml`: select lines, render jinja, load YAML, take out what we need.

Rendering and loading happen once per distinct text rather than once per platform: platforms whose
selectors keep the same lines share a text, and if all names that its template looks up have the
same values they share what it renders to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jinja2

from core.outcomes import Outcome, OutcomeError
from graph import outcomes
from graph.recipes import bounded_yaml, functions, selectors, v0_fields
from graph.recipes.bounded_yaml import Duplicate, YamlError
from graph.recipes.facts import Facts, assemble
from graph.recipes.model import Recipe
from graph.recipes.templates import RecipeEnvironment, Rendered, Template
from graph.recipes.variants import Variant, selector_namespace

_ENVIRONMENT = RecipeEnvironment()
_LENIENT_ENVIRONMENT = RecipeEnvironment(undefined=jinja2.ChainableUndefined)
_COMPILED = re.compile(r"""\b(compiler|stdlib)\(\s*["'](\w+)""")
_SKIP = re.compile(r"\s*skip:\s*(?:true|yes|on)\s*(?:#.*)?", re.IGNORECASE)
_ALIASES = {"np": "numpy", "pl": "perl", "PY_VER": "python", "CONDA_PY": "python"}
_MARKUP = ("{{", "{%", "{#")


def read(text: str, file: str, variants: Sequence[Variant]) -> Recipe:
    """The recipe of a `meta.yaml`. A duplicate key is a remark: its last value counts.

    Raises OutcomeError with a `recipe.*` code, file and line.
    """
    meta = _MetaYaml(text, file)
    by_variant = _built_variants(meta, variants)
    recipe = assemble(0, by_variant, text, meta.assumed(variants))
    return replace(recipe, remarks=tuple(meta.remarks()))


def _built_variants(meta: _MetaYaml, variants: Sequence[Variant]) -> list[tuple[str, Facts]]:
    """The facts of each variant, without those that can't be read because they are skipped.

    A recipe that isn't built on a platform often leaves variables undefined there. If it is built
    nowhere, as without a GPU, they are blank: so it is for conda-build, which looks for `skip`
    before it asks for variables.
    """
    read = []
    for variant in variants:
        try:
            read.append((variant.platform, meta.facts(variant)))
        except OutcomeError:
            if not meta.skips(variant):
                raise
    return read or [(each.platform, meta.facts(each, _LENIENT_ENVIRONMENT)) for each in variants]


_Choice = tuple[RecipeEnvironment, tuple[bool, ...]]
"""How to render, and for each line whether it is kept."""


class _MetaYaml:
    """A `meta.yaml` to be read for several variants."""

    def __init__(self, text: str, file: str) -> None:
        self._duplicates: dict[Duplicate, None] = {}
        self._file = file
        self._text = text
        self._lines = selectors.split_lines(text)
        self._names: set[str] = set()
        self._templates: dict[_Choice, Template | str] = {}
        self._rendered: dict[_Choice, list[tuple[dict[str, Any], str]]] = {}
        self._facts: dict[str, Facts] = {}

    def facts(self, variant: Variant, environment: RecipeEnvironment = _ENVIRONMENT) -> Facts:
        """What the recipe says for one variant."""
        kept = selectors.select(self._lines, selector_namespace(variant), self._file)
        text = self._render((environment, kept), functions.namespace(variant))
        if text not in self._facts:
            self._facts[text] = self._load(text)
        return self._facts[text]

    def skips(self, variant: Variant) -> bool:
        """Whether the recipe says `skip: true` for a variant."""
        kept = selectors.select(self._lines, selector_namespace(variant), self._file)
        return any(
            keep and _SKIP.fullmatch(line.text)
            for line, keep in zip(self._lines, kept, strict=True)
        )

    def assumed(self, variants: Sequence[Variant]) -> dict[str, str]:
        """The default values on which the variants that were read depend."""
        selected = {line.selector for line in self._lines if line.selector}
        names = self._names.union(*(selectors.names_of(each) for each in selected))
        names |= {f"{language}_{kind}" for kind, language in _COMPILED.findall(self._text)}
        names |= {alias for name, alias in _ALIASES.items() if name in names}
        if any(name.startswith("py") for name in names):
            names.add("python")
        return {
            name: value
            for variant in variants
            for name, value in variant.defaults.items()
            if name in names and name not in variant.values
        }

    def remarks(self) -> Iterator[Outcome]:
        for each in self._duplicates:
            yield outcomes.DUPLICATE_KEY.outcome(
                file=self._file, line=each.line, field=each.key, key=each.key, first=each.first
            )

    def _render(self, choice: _Choice, names: Mapping[str, Any]) -> str:
        for used, text in self._rendered.setdefault(choice, []):
            if all(names.get(name) == value for name, value in used.items()):
                return text
        rendered = self._template(choice, names)
        used = {name: names.get(name) for name in rendered.names}
        self._rendered[choice].append((used, rendered.text))
        self._names |= rendered.names
        return rendered.text

    def _template(self, choice: _Choice, names: Mapping[str, Any]) -> Rendered:
        if choice not in self._templates:
            environment, kept = choice
            source = "\n".join(
                line.text if keep else "" for line, keep in zip(self._lines, kept, strict=True)
            )
            self._templates[choice] = (
                Template(source, self._file, environment)
                if any(mark in source for mark in _MARKUP)
                else source
            )
        template = self._templates[choice]
        return Rendered(template) if isinstance(template, str) else template.render(names)

    def _load(self, text: str) -> Facts:
        try:
            document = bounded_yaml.load(text)
        except YamlError as error:
            line = self._source_line(text.split("\n"), error.line)
            raise error.in_recipe(self._file, line) from None
        lines = text.split("\n")
        for each in document.duplicates:
            line, first = (self._source_line(lines, number) for number in (each.line, each.first))
            self._duplicates[Duplicate(each.key, line, first)] = None
        return v0_fields.facts(document.root, self._file)

    def _source_line(self, rendered: Sequence[str], number: int) -> int:
        """The recipe's line for a line of the rendered text.

        They differ only behind a loop or a template of several lines. Then the nearest line above
        that stands alike in both is the bridge.
        """
        source = [line.text.strip() for line in self._lines]
        if len(rendered) == len(source):
            return min(number, len(source))
        for back in range(min(number, 20)):
            same = rendered[min(number, len(rendered)) - 1 - back].strip()
            found = [line for line, text in enumerate(source, start=1) if text == same]
            if same and found:
                nearest = min(found, key=lambda line: abs(line - number))
                return min(nearest + back, len(source))
        return min(number, len(source))
