"""Values that would take a whole batch with them are turned down one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.outcomes import OutcomeError
from graph.intake import storable
from graph.outcomes import BAD_YAML
from graph.recipes.model import Output, Recipe, Source

GOOD = Recipe(
    schema_version=0,
    name="zlib",
    version="1.3",
    sources=(Source(urls=("https://example.org/zlib.tar.gz",)),),
    outputs=(Output("zlib", "1.3", {}, {}),),
    requirements_by_platform={"linux-64": {"run": ("libc",)}},
)


def test_it_works():
    storable.check(GOOD)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x" * 201}, "name"),
        ({"version": "1" * 129}, "version"),
        ({"outputs": (Output("x" * 201, "1", {}, {}),)}, "outputs"),
        ({"maintainers": ("x" * 129,)}, "maintainers"),
        ({"name": "z\0lib"}, "name"),
        ({"sources": (Source(urls=("\ud800",)),)}, "sources"),
        ({"bot": {"a": [{"b\0": 1}]}}, "bot"),
        ({"bot": {"a": float("nan")}}, "bot"),
        ({"bot": {"a": 2**80}}, "bot"),
    ],
)
def test_what_no_column_takes_is_turned_down(change, field):
    with pytest.raises(OutcomeError) as refused:
        storable.check(replace(GOOD, **change))
    outcome = refused.value.outcome
    assert (outcome.code, outcome.field) == ("graph.unstorable", field)


def test_an_outcome_that_quotes_it_is_cleaned():
    outcome = BAD_YAML.outcome(problem="a \0 and a \ud800", line=3)
    assert "a \ufffd and a ?" in storable.clean_outcome(outcome).message
    assert storable.clean_outcome(outcome).line == 3
