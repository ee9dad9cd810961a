"""Recipes that mean harm end as a typed outcome with file and line, soon, and tell nothing."""

from __future__ import annotations

import time

import pytest

from core.outcomes import Outcome
from graph.recipes.model import RecipeText
from graph.recipes.wall import ReaderPool
from tests.recipes.hostile import CASES, V0

SECRET = "hunter2-and-more"


@pytest.fixture(scope="module")
def pool():
    with ReaderPool(1, seconds=4.0) as pool:
        yield pool


@pytest.mark.parametrize(("file", "text", "code"), CASES)
def test_it_ends_as_an_outcome(pool, monkeypatch, file, text, code):
    monkeypatch.setenv("SECRET", SECRET)
    data = text if isinstance(text, bytes) else text.encode()
    started = time.monotonic()
    answer = pool.read_one(RecipeText(f"hostile/{file}", data))
    assert time.monotonic() - started < 5
    assert SECRET not in str(answer)
    if code:
        assert isinstance(answer, Outcome)
        assert (answer.code, answer.file) == (code, f"hostile/{file}")
        assert answer.line >= 1
    good = pool.read_one(RecipeText("good/meta.yaml", V0.encode()))
    assert not isinstance(good, Outcome)
