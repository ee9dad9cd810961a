"""What the loaded mapping of a `meta.yaml` says: its fields, in all the shapes recipes use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph import outcomes
from graph.recipes.facts import Facts
from graph.recipes.model import HASHES, RUN_EXPORTS, SECTIONS, Output, Source, Specs, specs, union

_REV_KEYS = ("git_rev", "git_tag", "git_branch")
_TRUE = ("true", "yes", "on")
_LOCAL = (".", "/", "~", "file:")


def facts(root: Any, file: str) -> Facts:
    """The facts of a rendered and loaded recipe.

    Raises OutcomeError: `recipe.empty`, `recipe.bad_recipe`, `recipe.no_name`.
    """
    if root is None:
        raise outcomes.EMPTY.error(file=file, line=1)
    if not isinstance(root, dict):
        raise outcomes.BAD_RECIPE.error(file=file, line=1, problem="it is no mapping")
    package, parts = _mapping(root.get("package")), list(_mappings(root.get("outputs")))
    top = _requirements(root)
    version = _scalar(package.get("version"))
    outputs = tuple(_output(part, version) for part in parts if _scalar(part.get("name")))
    name = _scalar(package.get("name")) or next((each.name for each in outputs), "")
    if not name:
        line = root.key_lines.get("package", 1) if hasattr(root, "key_lines") else 1
        raise outcomes.NO_NAME.error(file=file, line=line, field="package.name")
    extra = _mapping(root.get("extra"))
    return Facts(
        name=name,
        version=version or next((each.version for each in outputs if each.version), ""),
        sources=tuple(source for part in (root, *parts) for source in _sources(part)),
        requirements=union(SECTIONS, (top, *(_requirements(part) for part in parts))),
        outputs=outputs or (Output(name, version, top, _run_exports(root)),),
        maintainers=tuple(_strings(extra.get("recipe-maintainers"))),
        feedstock_name=_scalar(extra.get("feedstock-name")),
        is_skipped=_scalar(_mapping(root.get("build")).get("skip")).lower() in _TRUE,
    )


def _output(part: Mapping[str, Any], version: str) -> Output:
    return Output(
        name=_scalar(part.get("name")),
        version=_scalar(part.get("version")) or version,
        requirements=_requirements(part),
        run_exports=_run_exports(part),
    )


def _requirements(part: Mapping[str, Any]) -> Specs:
    """`requirements` and `test.requires`; a plain list stands for host and run alike."""
    given = part.get("requirements")
    if not isinstance(given, dict):
        given = {"host": given, "run": given}
    sections = {section: list(_specs(given.get(section))) for section in SECTIONS}
    sections["test"] = list(_specs(_mapping(part.get("test")).get("requires")))
    return specs(SECTIONS, sections)


def _run_exports(part: Mapping[str, Any]) -> Specs:
    """A plain string or list is weak. Old outputs have them outside of `build`."""
    given = _mapping(part.get("build")).get("run_exports") or part.get("run_exports")
    if not isinstance(given, dict):
        given = {"weak": given}
    return specs(RUN_EXPORTS, {kind: list(_specs(given.get(kind))) for kind in RUN_EXPORTS})


def _specs(value: Any) -> Iterator[str]:
    """Spec strings with their white space collapsed."""
    return (" ".join(each.split()) for each in _strings(value))


def _sources(part: Mapping[str, Any]) -> Iterator[Source]:
    """Downloads and git repositories; what lies beside the recipe is no source here."""
    given = part.get("source")
    for each in [given] if isinstance(given, dict) else _mappings(given):
        urls = tuple(_strings(each.get("url")))
        git_url = _scalar(each.get("git_url"))
        if git_url.startswith(_LOCAL):
            git_url = ""
        if urls or git_url:
            yield Source(
                urls=urls,
                hashes={key: value for key in HASHES if (value := _scalar(each.get(key)))},
                git_url=git_url,
                git_rev=next((rev for key in _REV_KEYS if (rev := _scalar(each.get(key)))), ""),
            )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings in a list, also in lists within it."""
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict):
                yield each
            else:
                yield from _mappings(each)


def _scalar(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _strings(value: Any) -> Iterator[str]:
    """The non-empty strings of a string, a list, or lists within it."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
