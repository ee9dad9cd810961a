"""From specs to names: where a recipe needs which package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from graph import labels
from graph.recipes.model import Recipe, Specs

_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]*")


def package_name(spec: str) -> str:
    """The package of a spec, in lower case: `numpy` for `conda-forge::NumPy >=1.20`.

    Empty where there is none, and for virtual packages (`__glibc`), which nobody builds.
    """
    name = _NAME.match(spec.rpartition("::")[2].strip().lower())
    return name[0] if name and not name[0].startswith("__") else ""


def labelled(by_platform: Mapping[str, Specs]) -> dict[str, str]:
    """{platform: {section: [spec]}} turned round: name to where it is needed, as `graph.labels`."""
    found: dict[str, dict[str, list[str]]] = {}
    for platform, sections in by_platform.items():
        for section in labels.SECTIONS:
            for name in names(sections.get(section, ())):
                found.setdefault(name, {}).setdefault(section, []).append(platform)
    return {name: labels.write(places) for name, places in sorted(found.items())}


def names(specs: Iterable[str]) -> list[str]:
    return sorted({package_name(spec) for spec in specs} - {""})


def run_exports(recipe: Recipe) -> dict[str, dict[str, list[str]]]:
    """What each output hands on to whoever builds with it: {output: {kind: [name]}}."""
    return {
        output.name.lower(): exports
        for output in recipe.outputs
        if (exports := {kind: names(specs) for kind, specs in output.run_exports.items() if specs})
    }
