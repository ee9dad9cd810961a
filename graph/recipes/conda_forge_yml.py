"""Reading `conda-forge.yml`: what the feedstock's maintainers tell the bot."""

from __future__ import annotations

from typing import Any

from core.outcomes import OutcomeError
from graph import outcomes
from graph.recipes import bounded_yaml
from graph.recipes.bounded_yaml import Map, YamlError

FILE = "conda-forge.yml"
MAX_BYTES = 100_000


def bot_section(text: str) -> dict[str, Any]:
    """The `bot:` section, with YAML's own types; empty when there is none.

    Raises OutcomeError `recipe.bad_settings` with the line.
    """
    root = _settings(text)
    section = root.get("bot")
    if section is not None and not isinstance(section, dict):
        raise _bad("'bot' is no mapping", root.key_lines["bot"])
    return {key: _plain(value) for key, value in (section or {}).items()}


def _settings(text: str) -> Map:
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
    if len(text) > 18:
        return text
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text
