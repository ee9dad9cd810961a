"""The pages of recipe problems, and of one recipe."""

from __future__ import annotations

import re

import pytest

from graph.models import Feedstock
from graph.outcomes import BAD_VARIANTS, UNDEFINED_VARIABLE
from tests.factories import make_feedstock, make_reading
from tests.graph.pages import words

RECIPE = "/recipes/sample/numpy/"
ATTRIBUTES = {
    "requirements_by_platform": {
        "linux-64": {"host": ["python", "zlib"], "run": ["python"]},
        "win-64": {"host": ["python"], "run": ["python"]},
    },
    "sources": [
        {"urls": ["https://example.org/numpy.tar.gz"], "hashes": {"sha256": "abc", "md5": None}}
    ],
    "outputs": [{"name": "numpy", "version": "1.0", "run_exports": {"weak": ["numpy >=1"]}}],
    "assumed": {"python": "3.12"},
    "remarks": [BAD_VARIANTS.outcome(problem="a tab", file="osx.yaml", line=1).as_dict()],
}


def broken(name, line):
    outcome = UNDEFINED_VARIABLE.outcome(name="nam", file="meta.yaml", line=line)
    return make_feedstock(name, outcome_code=outcome.code, outcome=outcome.as_dict())


def read(client, page=RECIPE):
    return client.get(page).content.decode()


def test_problems_are_counted_by_outcome(client, db):
    broken("numpy", 3)
    broken("scipy", 4)
    make_feedstock("python")
    html = read(client, "/recipes/problems/")
    assert "2 of 3 recipes can't be read" in words(html)
    assert "Undefined variable recipe.undefined_variable 2 Define it" in words(html)
    assert 'href="/recipes/problems/recipe.undefined_variable/"' in html


def test_a_problem_lists_its_recipes_with_file_and_line(client, db):
    broken("numpy", 3)
    make_feedstock("python")
    html = read(client, "/recipes/problems/recipe.undefined_variable/")
    assert "numpy meta.yaml:3 The recipe uses the variable 'nam', which nothing" in words(html)
    assert f'href="{RECIPE}#line-3"' in html
    assert "python" not in words(html)


def test_a_problem_that_nothing_has_or_that_is_none(client, db):
    assert "No recipe has this problem" in words(read(client, "/recipes/problems/recipe.no_name/"))
    assert client.get("/recipes/problems/nonsense/").status_code == 404


def test_all_is_well(client, db):
    make_feedstock()
    assert "0 of 1 recipe can't be read All recipes were read" in words(
        read(client, "/recipes/problems/")
    )


def test_a_recipe_shows_what_was_understood_by_platform(client, db):
    make_reading(make_feedstock(), "package:\n", attributes=ATTRIBUTES)
    said = words(read(client))
    assert "read for linux-64, win-64" in said
    assert "host python yes yes zlib yes · no run python yes yes" in said
    assert "https://example.org/numpy.tar.gz sha256 abc" in said
    assert "weak run export: numpy >=1" in said
    assert "python 3.12" in said


def test_remarks_are_shown_beside_what_was_understood(client, db):
    make_reading(make_feedstock(), "package:\n", attributes=ATTRIBUTES)
    html = read(client)
    assert "osx.yaml:1" in html
    assert 'class="fault"' not in html


def test_faulty_lines_are_marked_and_told(client, db):
    make_reading(broken("numpy", 2), "package:\n  name: {{ nam }}\nbuild:\n")
    html = read(client)
    fault = re.search(r'<li id="line-2" class="fault">(.*?)</li>', html)
    assert fault is not None
    assert "name: {{ nam }}" in fault[1]
    assert "which nothing defines" in fault[1]
    assert html.count('class="fault"') == 1


def test_a_recipe_that_was_not_read(client, db):
    make_feedstock()
    assert "No text was read" in words(read(client))


def test_a_long_recipe_is_cut(client, db):
    make_reading(make_feedstock(), "x\n" * 4000)
    assert "1,000 further lines are not shown" in words(read(client))


def test_hostile_text_is_text(client, db):
    hostile = {**ATTRIBUTES, "assumed": {"<script>x": "<script>y"}}
    hostile["sources"] = [{"urls": ["javascript:alert(1)"], "hashes": {}}]
    make_reading(make_feedstock(), "<script>z</script>\n", attributes=hostile)
    html = read(client)
    assert not re.search("<script>[xyz]", html)
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    "page", [RECIPE, "/recipes/problems/", "/recipes/problems/recipe.undefined_variable/"]
)
def test_few_queries(client, db, page, django_assert_max_num_queries):
    make_reading(broken("numpy", 1), "package:\n", attributes=ATTRIBUTES)
    for number in range(60):
        broken(f"other-{number}", number)
    with django_assert_max_num_queries(6):
        assert client.get(page).status_code == 200
    assert Feedstock.objects.unreadable().count() == 61
