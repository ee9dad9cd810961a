"""The pages of pictures, of what a change affects, and of cycles."""

from __future__ import annotations

import re

import pytest

from graph.models import Feedstock, Status
from tests.factories import make_dependency, make_feedstock, make_graph_build, make_outdated
from tests.graph.pages import words

PICTURE, AFFECTED = "/graph/picture/sample/numpy/", "/graph/affected/sample/numpy/"
QUERIES = 12


@pytest.fixture
def neighbours(db):
    python = make_feedstock("python", dependents_count=2)
    numpy = make_feedstock("numpy", direct_dependents_count=1, dependents_count=2)
    scipy, pandas = make_outdated("scipy", "2.0"), make_feedstock("pandas", status=Status.FAILING)
    make_dependency(numpy, python)
    make_dependency(numpy, None, "libblas")
    make_dependency(scipy, numpy)
    make_dependency(pandas, scipy)
    return python, numpy, scipy, pandas


def nodes(html):
    return re.findall(r'<a class="node ([^"]+)" href="([^"]+)"', html)


def test_a_picture_shows_neighbours_as_links(client, neighbours):
    html = client.get(PICTURE).content.decode()
    assert nodes(html) == [
        ("up_to_date itself", PICTURE),
        ("up_to_date", "/graph/picture/sample/python/"),
        ("outdated", "/graph/picture/sample/scipy/"),
    ]
    assert "<title>scipy 1.0 → 2.0: outdated, 0 dependents</title>" in html
    assert "1 package that no feedstock here builds" in html
    assert "style=" not in html


def test_a_click_keeps_direction_and_steps(client, neighbours):
    html = client.get(PICTURE, {"show": "dependents", "steps": "2"}).content.decode()
    assert [href for _, href in nodes(html)][1:] == [
        "/graph/picture/sample/scipy/?show=dependents&amp;steps=2",
        "/graph/picture/sample/pandas/?show=dependents&amp;steps=2",
    ]


def test_the_same_stands_in_a_table(client, neighbours):
    html = client.get(PICTURE, {"steps": "2"}).content.decode()
    table = html[html.index("<tbody>") :]
    for name in ("python", "numpy", "scipy", "pandas"):
        assert f'href="/packages/sample/{name}/"' in table


@pytest.mark.parametrize("query", [{"show": "x"}, {"steps": "99"}, {"steps": "²"}])
def test_a_choice_that_is_not_offered_is_left_aside(client, neighbours, query):
    assert client.get(PICTURE, query).status_code == 200


def test_more_than_there_is_room_for_is_counted(client, neighbours, monkeypatch):
    monkeypatch.setattr("graph.showing.picture.MOST", 1)
    html = client.get(PICTURE, {"show": "dependents"}).content.decode()
    assert f'<a href="{AFFECTED}">+1 more dependents</a>' in html
    html = client.get(PICTURE, {"show": "dependencies"}).content.decode()
    assert 'needed_by=sample/numpy&amp;sort=-dependents">+1 more dependencies</a>' in html


def test_an_unknown_feedstock_has_no_pages(client, db):
    for page in (PICTURE, AFFECTED, "/recipes/sample/numpy/"):
        assert client.get(page).status_code == 404


def test_affected_ones_are_listed_with_their_distance(client, neighbours):
    said = words(client.get(AFFECTED).content.decode())
    assert "A change of numpy affects 2 feedstocks 1 directly, 1 after 2 steps." in said
    assert "scipy 1 Outdated 1.0 → 2.0" in said
    assert "pandas 2 Failing" in said


def test_affected_ones_can_be_narrowed_to_outdated_ones(client, neighbours):
    said = words(client.get(AFFECTED, {"status": "outdated"}).content.decode())
    assert "All 2 Outdated 1" in said
    assert "scipy 1" in said
    assert "pandas 2" not in said


def test_nothing_affected(client, neighbours):
    said = words(client.get("/graph/affected/sample/pandas/").content.decode())
    assert "A change of pandas affects 0 feedstocks" in said


def test_cycles_name_their_members_and_what_makes_them(client, neighbours):
    python, numpy, _, _ = neighbours
    make_dependency(python, numpy, labels="host:linux-64", via="blas")
    Feedstock.objects.filter(pk__in=[python.pk, numpy.pk]).update(in_cycle=True)
    html = client.get("/graph/cycles/").content.decode()
    said = words(html)
    assert "1 cycle in the graph" in said
    assert "python numpy run export of blas host linux-64" in said
    assert 'href="/packages/sample/python/"' in html
    assert "scipy" not in said


def test_no_cycles(client, db):
    assert "The graph was not built yet" in words(client.get("/graph/cycles/").content.decode())
    make_graph_build()
    assert "No cycles in the graph" in words(client.get("/graph/cycles/").content.decode())


@pytest.mark.parametrize("page", [f"{PICTURE}?steps=3", AFFECTED, "/graph/cycles/"])
def test_few_queries(client, neighbours, page, django_assert_max_num_queries):
    python, numpy, *_ = neighbours
    for number in range(30):
        row = make_feedstock(f"user-{number}", in_cycle=True)
        make_dependency(row, numpy)
        make_dependency(row, python)
    with django_assert_max_num_queries(QUERIES):
        client.get(page)


def test_hostile_names_are_text(client, db):
    row = make_outdated('"><script>x</script>', '<b>"')
    make_dependency(row, make_feedstock("numpy"))
    for page in (PICTURE, AFFECTED, f"{PICTURE}?show=dependents"):
        html = client.get(page).content.decode()
        assert "<script>x" not in html
        assert "<b>" not in html
