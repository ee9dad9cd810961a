"""Real recipes, if BOTSITE_CORPUS names a directory of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.bump import bump_chunk
from graph.recipes.tree import find_recipes

CORPUS = os.environ.get("BOTSITE_CORPUS", "")
EVERY = 40

pytestmark = pytest.mark.skipif(not CORPUS, reason="BOTSITE_CORPUS is not set")


@pytest.mark.parametrize("to_version", ["", "2099.12.31"])
def test_nearly_all_are_edited_and_none_wrongly(to_version):
    results = bump_chunk(to_version, list(find_recipes(Path(CORPUS)))[::EVERY])
    ordinary = [each for each in results if each.is_in_class]
    assert ordinary
    assert sum(each.is_changed for each in ordinary) >= 0.98 * len(ordinary)
    assert [(each.path, each.wrong) for each in results if each.wrong] == []
    assert all(each.is_changed or each.code.startswith(("pulls.", "recipe.")) for each in results)
