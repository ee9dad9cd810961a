"""Reading `conda-forge.yml`: what the feedstock's maintainers tell the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.outcomes import OutcomeError
from graph import outcomes
from graph.recipes import bounded_yaml
from graph.recipes.bounded_yaml import Map, YamlError

FILE = "conda-forge.yml"
MAX_BYTES = 100_000

_INTEGER = re.compile(r"[-+]?\d{1,18}", re.ASCII)
_FLOAT = re.compile(r"[-+]?\d{1,18}\.\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What Botsite uses of the file: the `bot:` section with YAML's own types, and target platform
    -> the platform it is built on, where that is another one."""

    bot: Mapping[str, Any] = field(default_factory=dict)
    build_platforms: Mapping[str, str] = field(default_factory=dict)


def read_settings(text: str) -> Settings:
    """The settings of a conda-forge.yml. Raises OutcomeError `recipe.bad_settings`, with line."""
    root = _load(text)
    build_platforms = _section(root, "build_platform")
    return Settings(
        bot=_section(root, "bot"),
        build_platforms={
            _platform(target): _platform(build)
            for target, build in build_platforms.items()
            if isinstance(build, str)
        },
    )


def _section(root: Map, name: str) -> dict[str, Any]:
    section = root.get(name)
    if section is not None and not isinstance(section, dict):
        raise _bad(f"{name!r} is no mapping", root.key_lines[name])
    return {key: _plain(value) for key, value in (section or {}).items()}


def _platform(name: str) -> str:
    """`osx_arm64` is smithy's spelling of `osx-arm64`."""
    return name.replace("_", "-", 1)


def _load(text: str) -> Map:
    if len(text) > MAX_BYTES:
        raise _bad(f"it is longer than {MAX_BYTES} characters", 1)
    try:
        root = bounded_yaml.load(text, scalar=_typed).root
    except YamlError as error:
        raise _bad(error.problem, error.line) from None
    if root is None:
        return Map(1)
    if not isinstance(root, Map):
        raise _bad("it is no mapping", 1)
    return root


def _plain(value: Any) -> Any:
    """The same without lines, as nothing but dict and list."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _bad(problem: str, line: int) -> OutcomeError:
    return outcomes.BAD_SETTINGS.error(file=FILE, line=line, problem=problem)


def _typed(text: str) -> Any:
    """A plain scalar as YAML 1.1 understands it, without dates and other bases."""
    lowered = text.lower()
    if lowered in ("true", "yes", "on"):
        return True
    if lowered in ("false", "no", "off"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
