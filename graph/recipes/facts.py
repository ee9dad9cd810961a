"""From what each variant of a recipe says to the recipe: the union over variants and platforms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from graph.recipes import url_templates
from graph.recipes.model import RUN_EXPORTS, SECTIONS, Output, Recipe, Source, Specs, union


@dataclass(frozen=True, slots=True)
class Facts:
    """What a recipe says for one variant. `requirements` is over top level and outputs;
    `is_skipped` if the recipe isn't built there."""

    name: str
    version: str
    sources: tuple[Source, ...]
    requirements: Specs
    outputs: tuple[Output, ...]
    maintainers: tuple[str, ...] = ()
    feedstock_name: str = ""
    is_skipped: bool = False


def assemble(
    schema_version: int,
    by_variant: Sequence[tuple[str, Facts]],
    text: str,
    assumed: Mapping[str, str],
) -> Recipe:
    """The recipe of which each (platform, facts) is one variant; at least one is given.

    Variants that the recipe skips count only if it skips all.
    `text` is the recipe as written, for its URL templates.
    """
    by_variant = [each for each in by_variant if not each[1].is_skipped] or by_variant
    every = _distinct(facts for _, facts in by_variant)
    return Recipe(
        schema_version=schema_version,
        name=next((facts.name for facts in every if facts.name), ""),
        version=next((facts.version for facts in every if facts.version), ""),
        sources=_sources(every, text),
        outputs=_outputs(every),
        requirements_by_platform=_by_platform(by_variant),
        maintainers=tuple(dict.fromkeys(each for facts in every for each in facts.maintainers)),
        feedstock_name=next((facts.feedstock_name for facts in every if facts.feedstock_name), ""),
        assumed=assumed,
    )


def _distinct(every: Iterable[Facts]) -> list[Facts]:
    """Variants that were read as one share their facts."""
    return list({id(facts): facts for facts in every}.values())


def _by_platform(by_variant: Sequence[tuple[str, Facts]]) -> dict[str, Specs]:
    platforms: dict[str, list[Facts]] = {}
    for platform, facts in by_variant:
        platforms.setdefault(platform, []).append(facts)
    return {
        platform: union(SECTIONS, (facts.requirements for facts in _distinct(every)))
        for platform, every in platforms.items()
    }


def _sources(every: Sequence[Facts], text: str) -> tuple[Source, ...]:
    """Each source once, with the templates of its URLs."""
    templates = url_templates.candidates(text)
    found: dict[tuple[object, ...], Source] = {}
    for facts in every:
        for source in facts.sources:
            hashes = tuple(sorted(source.hashes.items()))
            key = (source.urls, hashes, source.git_url, source.git_rev)
            found.setdefault(key, source)
    return tuple(
        replace(
            each,
            url_templates=tuple(
                url_templates.template_of(url, templates, text) for url in each.urls
            ),
        )
        for each in found.values()
    )


def _outputs(every: Sequence[Facts]) -> tuple[Output, ...]:
    by_name: dict[str, list[Output]] = {}
    for facts in every:
        for output in facts.outputs:
            by_name.setdefault(output.name, []).append(output)
    return tuple(
        Output(
            name=name,
            version=next((each.version for each in same if each.version), ""),
            requirements=union(SECTIONS, (each.requirements for each in same)),
            run_exports=union(RUN_EXPORTS, (each.run_exports for each in same)),
        )
        for name, same in by_name.items()
    )
