"""Templates without blocks take a short way, which must lead to the same text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.recipes import functions, plain_templates
from graph.recipes.plain_templates import split
from graph.recipes.templates import RecipeEnvironment, Template
from graph.recipes.variants import default_variant
from tests.recipes.reading import failure, meta_yaml

ENVIRONMENT = RecipeEnvironment()
NAMES = functions.namespace(default_variant("linux-64", "linux-64"))
PLAIN = """{% set name = "Ab" %}{% set build = 1 %}
{% set version = '1.2' %}
  {{ name|lower }}-{{ version }}: {{ compiler("c") }} {{ build + 1 }}
{{ PYTHON }} {{ name[0] }} {{ version.split(".")[1] }} {{ pin_subpackage(name, exact=True) }}
"""


def whole(source: str) -> str:
    return ENVIRONMENT.from_string(source).render(NAMES)


def test_they_render_as_jinja_would():
    pieces = split(PLAIN)
    assert pieces
    assert plain_templates.render(pieces, ENVIRONMENT, NAMES) == whole(PLAIN)


@pytest.mark.parametrize(
    "source",
    [
        *("{% if a %}b{% endif %}", "{%- set a = 1 %}", "{{ a -}}", "{# a #}", "${{ a }}"),
        *("{% set a %}b{% endset %}", "{{ {'a': 1} }}", "{{ a", "{% set result = 1 %}", "{%raw%}"),
    ],
)
def test_all_others_go_the_long_way(source):
    assert split(source) is None


def test_names_that_the_template_sets_are_none_it_depends_on():
    rendered = Template('{% set win = "no" %}{{ win }}{{ linux }}', "meta.yaml", ENVIRONMENT)
    assert rendered.render(NAMES).names == {"linux"}


def test_an_error_has_its_line():
    outcome = failure(meta_yaml("package:\n  name: a\n  version: {{ nope }}\n"))
    assert (outcome.code, outcome.line) == ("recipe.undefined_variable", 3)


pieces = st.sampled_from(
    ["{{ ", " }}", "{% set a = ", " %}", "a", '"b"', "|lower", "linux", "\n", " ", "'", "-", "1"]
)


@given(st.lists(pieces, max_size=12).map("".join))
@settings(max_examples=300, database=None)
def test_any_that_renders_renders_alike(source):
    plain = split(source)
    if plain is None:
        return
    try:
        rendered = plain_templates.render(plain, ENVIRONMENT, NAMES)
    except Exception:
        return  # the long way is taken, and tells what is wrong
    assert rendered == whole(source)
