"""Who is affected by a feedstock, and what it needs."""

from __future__ import annotations

import pytest

from graph.build import build
from graph.showing import impact

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(feedstock):
    zlib = feedstock("zlib")
    python = feedstock("python", needs={"host": ["zlib"]})
    numpy = feedstock("numpy", needs={"host": ["python"], "run": ["libblas"]})
    checked = feedstock("checked", needs={"test": ["zlib"]})
    build()
    return zlib, python, numpy, checked


def test_all_with_their_distance(chain):
    zlib, python, numpy, _ = chain
    assert impact.all_dependents(zlib) == {python.pk: 1, numpy.pk: 2}
    assert impact.all_dependencies(numpy) == {python.pk: 1, zlib.pk: 2}
    assert impact.all_dependents(numpy) == {}


def test_direct_edges_show_tests_too(chain):
    zlib, _, _, _ = chain
    assert [edge.feedstock.name for edge in impact.direct_dependents(zlib)] == ["python", "checked"]


def test_direct_dependencies_show_external_ones(chain):
    _, _, numpy, _ = chain
    edges = impact.direct_dependencies(numpy)
    assert [(edge.name, edge.target and edge.target.name) for edge in edges] == [
        ("libblas", None),
        ("python", "python"),
    ]


def test_a_cycle_ends(feedstock):
    a, b = feedstock("a", needs={"run": ["b"]}), feedstock("b", needs={"run": ["a"]})
    build()
    assert impact.all_dependents(a) == {b.pk: 1}


def test_affected_are_the_nearest_first(chain):
    zlib, python, numpy, _ = chain
    assert impact.affected(zlib) == [
        impact.Affected(python.pk, 1),
        impact.Affected(numpy.pk, 2),
    ]


def test_affected_are_known_anew_after_each_build(chain, feedstock):
    zlib, *_ = chain
    before = impact.affected(zlib)
    feedstock("scipy", needs={"run": ["numpy"]})
    assert impact.affected(zlib) == before
    build()
    assert [each.distance for each in impact.affected(zlib)] == [1, 2, 3]


def test_affected_are_known_before_the_first_build(feedstock):
    assert impact.affected(feedstock("zlib")) == []
