"""docs/recipes.md lists every way in which reading ends, and every value that is assumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.outcomes import declared
from graph import outcomes
from graph.recipes.variants import DEFAULTS, DEFAULTS_BY_SYSTEM

DOCS = (Path(__file__).parent.parent.parent / "docs" / "recipes.md").read_text()
CODES = [kind for kind in declared() if kind.code.startswith("recipe.")]


def test_there_are_codes():
    assert outcomes.BAD_YAML in CODES


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.code)
def test_every_code_is_there_with_what_to_do(kind):
    (row,) = (line for line in DOCS.splitlines() if line.startswith(f"| `{kind.code}` |"))
    assert row.endswith(f"| {kind.next} |")


def test_every_default_is_there():
    rows = {f"| `{name}` | {value} |" for name, value in DEFAULTS.items()}
    for system, values in DEFAULTS_BY_SYSTEM.items():
        rows |= {f"| `{name}` on {system} | `{value}` |" for name, value in values.items() if value}
    assert rows <= set(DOCS.splitlines())
