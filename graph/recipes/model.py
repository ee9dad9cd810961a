"""What is understood of a recipe: plain frozen values that travel as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from core.outcomes import OK, Outcome

SECTIONS = ("build", "host", "run", "run_constrained", "test")
RUN_EXPORTS = ("strong", "weak", "noarch", "strong_constrains", "weak_constrains")
HASHES = ("sha256", "md5", "sha1")
DEFAULT_PLATFORMS = ("linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64")

Specs = Mapping[str, tuple[str, ...]]
"""Section (of SECTIONS or RUN_EXPORTS) -> spec strings, without repetition, in recipe order."""


def specs(sections: Iterable[str], given: Mapping[str, Iterable[str]]) -> Specs:
    """A Specs with each of `sections`, in their order."""
    return {each: tuple(dict.fromkeys(given.get(each, ()))) for each in sections}


def union(sections: Iterable[str], parts: Iterable[Specs]) -> Specs:
    """The de-duplicated union of several Specs."""
    parts = list(parts)
    return {
        each: tuple(dict.fromkeys(spec for part in parts for spec in part.get(each, ())))
        for each in sections
    }


@dataclass(frozen=True, slots=True)
class RecipeText:
    """A recipe as found: the bytes of one file and the texts beside it that change its meaning.

    `file` is the name used in outcomes; its last part says the format (`meta.yaml`,
    `recipe.yaml`). `ci_support` maps file names of `.ci_support/` to their text, and
    `variant_config` those of the variant files beside the recipe itself.
    """

    file: str
    data: bytes
    ci_support: Mapping[str, str] = field(default_factory=dict)
    conda_forge_yml: str = ""
    variant_config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that is downloaded. `url_templates` stands beside `urls`, item by item: the text
    that a URL was rendered from, as written in the recipe."""

    urls: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    git_url: str = ""
    git_rev: str = ""
    url_templates: tuple[str, ...] = ()

    def as_line(self) -> dict[str, Any]:
        return {
            "urls": list(self.urls),
            "hashes": {each: self.hashes.get(each) for each in HASHES},
            "git_url": self.git_url or None,
            "git_rev": self.git_rev or None,
        }


@dataclass(frozen=True, slots=True)
class Output:
    """A package that the recipe builds."""

    name: str
    version: str
    requirements: Specs
    run_exports: Specs

    def as_line(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "requirements": _lists(self.requirements),
            "run_exports": _lists(self.run_exports),
        }


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe that was read.

    `requirements_by_platform` is platform -> section -> specs, over top level and outputs.
    `assumed` are variant values that the recipe uses and nobody gave, filled in by default.
    `bot` is the `bot:` section of conda-forge.yml. `remarks` are problems beside which the
    recipe could still be read.
    """

    schema_version: int
    name: str
    version: str
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
    requirements_by_platform: Mapping[str, Specs]
    maintainers: tuple[str, ...] = ()
    feedstock_name: str = ""
    assumed: Mapping[str, str] = field(default_factory=dict)
    bot: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Outcome, ...] = ()

    @property
    def platforms(self) -> tuple[str, ...]:
        return tuple(self.requirements_by_platform)

    @property
    def requirements(self) -> Specs:
        return union(SECTIONS, self.requirements_by_platform.values())

    def as_dict(self) -> dict[str, Any]:
        """JSON-serialisable; `from_dict()` is the inverse."""
        return _shallow(self) | {
            "sources": [_shallow(each) for each in self.sources],
            "outputs": [_shallow(each) for each in self.outputs],
            "remarks": [each.as_dict() for each in self.remarks],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(
            **data
            | {
                "sources": tuple(Source(**_tuples(each)) for each in data["sources"]),
                "outputs": tuple(_output(each) for each in data["outputs"]),
                "requirements_by_platform": {
                    platform: _tuples(sections)
                    for platform, sections in data["requirements_by_platform"].items()
                },
                "maintainers": tuple(data["maintainers"]),
                "remarks": tuple(Outcome.from_dict(each) for each in data["remarks"]),
            }
        )


def _shallow(value: Recipe | Source | Output) -> dict[str, Any]:
    """`dataclasses.asdict()` copies all the way down, which takes longer than reading."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _output(data: dict[str, Any]) -> Output:
    return Output(
        data["name"],
        data["version"],
        _tuples(data["requirements"]),
        _tuples(data["run_exports"]),
    )


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(each) if isinstance(each, list) else each for key, each in data.items()}


def _lists(sections: Specs) -> dict[str, list[str]]:
    return {section: list(each) for section, each in sections.items()}


def as_line(path: str, read: Recipe | Outcome) -> dict[str, Any]:
    """One line of `read_recipes --jsonl`, of the same shape whether the recipe was read or not."""
    if isinstance(read, Outcome):
        return {
            "path": path,
            "schema_version": 1 if path.endswith("recipe.yaml") else 0,
            "name": "",
            "version": "",
            "sources": [],
            "requirements": _lists(specs(SECTIONS, {})),
            "outputs": [],
            "maintainers": [],
            "outcome": read.as_dict(),
        }
    return {
        "path": path,
        "schema_version": read.schema_version,
        "name": read.name,
        "version": read.version,
        "sources": [each.as_line() for each in read.sources],
        "requirements": _lists(read.requirements),
        "outputs": [each.as_line() for each in read.outputs],
        "maintainers": list(read.maintainers),
        "outcome": OK.as_dict(),
    }
