"""Real recipes, if BOTSITE_CORPUS names a directory of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.outcomes import Outcome
from graph.recipes.tree import find_recipes
from graph.recipes.wall import ReaderPool

CORPUS = os.environ.get("BOTSITE_CORPUS", "")
EVERY = 20

pytestmark = pytest.mark.skipif(not CORPUS, reason="BOTSITE_CORPUS is not set")


def test_nearly_all_are_read_and_the_rest_say_where():
    found = list(find_recipes(Path(CORPUS)))[::EVERY]
    texts = [each.text for each in found if not isinstance(each.text, Outcome)]
    with ReaderPool(2) as pool:
        answers = [answer for _, answer in pool.read_all(texts)]
    failed = [answer for answer in answers if isinstance(answer, Outcome)]
    assert len(failed) <= 0.015 * len(answers)
    assert all(each.code.startswith("recipe.") and each.line for each in failed)
    assert not any(each.code == "recipe.reader_failed" for each in failed)
    assert all(answer.name for answer in answers if not isinstance(answer, Outcome))
