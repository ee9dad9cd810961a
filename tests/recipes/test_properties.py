"""Whatever a recipe says, reading it returns a Recipe or raises an OutcomeError with a line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.outcomes import Outcome, OutcomeError
from graph.recipes.model import Recipe, RecipeText
from graph.recipes.reader import read

META = """{% set name = "a" %}
{% set version = "1.0" %}
package:
  name: {{ name|lower }}
  version: {{ version }}
source:
  - url: https://example.org/{{ name[0] }}/{{ name }}-{{ version }}.zip
    sha256: abc  # [linux]
requirements:
  build: [make]
  host:
    - {{ compiler('c') }}
    - python  # [py>=36 and not win]
outputs:
  - name: lib{{ name }}
    requirements: [zlib]
"""
RECIPE = """context:
  name: a
  version: "1.0"
recipe:
  name: ${{ name|lower }}
  version: ${{ version }}
source:
  - url: https://example.org/${{ name[0] }}/${{ name }}-${{ version }}.zip
    sha256: abc
outputs:
  - package:
      name: lib${{ name }}
    requirements:
      build:
        - ${{ compiler('c') }}
        - if: unix
          then: make
"""
SYNTAX = ("{{", "}}", "{%", "%}", "# [", "]", ": ", "- ", "\t", "\n", "'", '"', "&a ", "*a", "|")
TEMPLATES = (
    *("{% for i in 5 %}", "{% endfor %}", "{% set name = None %}", "{{ a.b.c }}", "{{ cdt() }}"),
    *("{{ ''.join(1) }}", "{{ range(9)|map('upper')|list }}"),
)
SELECTORS = ("# [a.b]", "# [(]", "# ['x'[5]]")
OTHERS = ("if: x", "then:", "<<: *a", "!!int ", "\ufeff", "\u2028", "\x85", "---", "...")
PIECES = st.one_of(st.sampled_from((*SYNTAX, *TEMPLATES, *SELECTORS, *OTHERS)), st.text(max_size=8))


@st.composite
def spoilt(draw, text: str) -> str:
    """`text` with pieces put in and spans cut out at random."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 30))
        text = text[:at] + draw(PIECES) + text[at + cut :]
    return text


def ending(recipe: RecipeText) -> tuple[Outcome | None, Recipe | None]:
    try:
        return None, read(recipe)
    except OutcomeError as error:
        return error.outcome, None


@pytest.mark.parametrize(("file", "original"), [("meta.yaml", META), ("recipe.yaml", RECIPE)])
def test_it_ends_in_a_recipe_or_an_outcome(file, original):
    @settings(
        max_examples=150,
        deadline=timedelta(seconds=4),
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(spoilt(original))
    def check(text: str) -> None:
        recipe = RecipeText(file, text.encode("utf-8", "surrogatepass"))
        outcome, understood = ending(recipe)
        if outcome:
            assert outcome.code.startswith("recipe.")
            assert 1 <= outcome.line <= text.count("\n") + text.count("\r") + 1
        if understood:
            assert Recipe.from_dict(json.loads(json.dumps(understood.as_dict()))) == understood

    check()
