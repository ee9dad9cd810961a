"""What the rendered outputs of a `recipe.yaml` say, in v0's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph.recipes.facts import Facts
from graph.recipes.functions import pin
from graph.recipes.model import HASHES, RUN_EXPORTS, SECTIONS, Output, Source, Specs, specs, union

_V0_SECTIONS = {
    "build": "build",
    "host": "host",
    "run": "run",
    "run_constraints": "run_constrained",
}
_V0_RUN_EXPORTS = {
    "strong": "strong",
    "weak": "weak",
    "noarch": "noarch",
    "strong_constraints": "strong_constrains",
    "weak_constraints": "weak_constrains",
}
_LOCAL = (".", "/", "~", "file:")

Rendered = Mapping[str, Any]
"""One output, as `Stage1Recipe.to_dict()` gives it."""


def facts(rendered: Sequence[Rendered], top: Mapping[str, str], *, is_skipped: bool) -> Facts:
    """The facts of all outputs; what they share through staging outputs counts once.

    `top` may have the `name` and `version` of the `recipe:` section.
    """
    outputs = tuple(_output(each) for each in rendered)
    staging = [cache for each in rendered for cache in each.get("staging_caches") or ()]
    extra = rendered[0].get("extra") or {} if rendered else {}
    return Facts(
        name=top.get("name") or next((each.name for each in outputs), ""),
        version=top.get("version") or next((each.version for each in outputs), ""),
        sources=tuple(_sources((*rendered, *staging))),
        requirements=union(
            SECTIONS,
            (*map(_requirements, staging), *(each.requirements for each in outputs)),
        ),
        outputs=outputs,
        maintainers=tuple(_strings(extra.get("recipe-maintainers"))),
        feedstock_name=str(extra.get("feedstock-name") or ""),
        is_skipped=is_skipped,
    )


def names_of(recipe: Mapping[str, Any]) -> Iterator[str]:
    """The names of all outputs, in order, as `Stage0Recipe.to_dict()` has them: unrendered."""
    waiting = list(recipe.get("outputs") or ())
    while waiting:
        entry = waiting.pop(0)
        if "package" in entry:
            yield str(entry["package"]["name"])
        branches = [entry.get(key) or () for key in ("then", "else")]
        waiting[:0] = [
            each
            for branch in branches
            for each in ([branch] if isinstance(branch, Mapping) else branch)
        ]


def _output(rendered: Rendered) -> Output:
    package = rendered["package"]
    run_exports = (rendered.get("requirements") or {}).get("run_exports") or {}
    return Output(
        name=str(package["name"]),
        version=str(package["version"]),
        requirements=_requirements(rendered),
        run_exports=specs(
            RUN_EXPORTS,
            {ours: _specs(run_exports.get(theirs)) for theirs, ours in _V0_RUN_EXPORTS.items()},
        ),
    )


def _requirements(rendered: Rendered) -> Specs:
    given = rendered.get("requirements") or {}
    sections = {ours: _specs(given.get(theirs)) for theirs, ours in _V0_SECTIONS.items()}
    sections["test"] = [spec for test in rendered.get("tests") or () for spec in _tested(test)]
    return specs(SECTIONS, sections)


def _tested(test: Mapping[str, Any]) -> Iterator[str]:
    """What a test needs; a python test runs `pip check` unless told otherwise."""
    if "python" in test and test["python"].get("pip_check", True):
        yield "pip"
    given = test.get("requirements") or {}
    yield from _specs(given.get("build"))
    yield from _specs(given.get("run"))


def _specs(given: Any) -> list[str]:
    return [_spec(each) for each in given or ()]


def _spec(given: Any) -> str:
    """A spec, or a pin, of which rattler-build leaves the bounds to the build."""
    if isinstance(given, str):
        return given
    for kind in ("pin_subpackage", "pin_compatible"):
        if kind in given:
            bounds = given[kind]
            return pin(
                bounds["name"],
                bounds.get("lower_bound"),
                bounds.get("upper_bound"),
                exact=bool(bounds.get("exact")),
            )
    return str(given.get("name") or given)


def _sources(parts: Iterable[Rendered]) -> Iterator[Source]:
    """Downloads and git repositories; what lies beside the recipe is no source here."""
    for part in parts:
        given = part.get("source") or ()
        for each in [given] if isinstance(given, Mapping) else given:
            urls, git_url = tuple(_strings(each.get("url"))), str(each.get("git") or "")
            if git_url.startswith(_LOCAL):
                git_url = ""
            if urls or git_url:
                yield Source(
                    urls=urls,
                    hashes={key: str(each[key]) for key in HASHES if each.get(key)},
                    git_url=git_url,
                    git_rev=_revision(each) if git_url else "",
                )


def _revision(source: Mapping[str, Any]) -> str:
    """The revision as written: rattler-build spells a tag `refs/tags/TAG`."""
    given = str(next((source[key] for key in ("rev", "tag", "branch") if source.get(key)), ""))
    return given.removeprefix("refs/tags/").removeprefix("refs/heads/")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value or ()]
