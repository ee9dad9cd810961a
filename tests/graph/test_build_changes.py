"""A build records what is different since the last one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from graph import build as building
from graph.build import build, changes
from graph.models import Feedstock, GraphBuild, Reading
from tests.graph.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_graph(feedstock):
    return (
        feedstock("zlib"),
        feedstock("python", needs={"host": ["zlib", "openssl"]}),
        feedstock("numpy", needs={"host": ["python"], "run": ["python"]}),
    )


def need(row, **requirements):
    Reading.objects.filter(feedstock=row).update(requirements=requirements)
    return row.pk


def changed(built):
    """{"feedstocks.new": names} of all that changed."""
    return {
        f"{what}.{how}": named["names"]
        for what, ways in built.changes.items()
        for how, named in ways.items()
        if named["count"]
    }


def test_it_works(small_graph):
    assert changed(build()) == {
        "feedstocks.new": ["numpy", "python", "zlib"],
        "external.new": ["openssl"],
        "edges.new": [["numpy", "python"], ["python", "openssl"], ["python", "zlib"]],
    }


@pytest.mark.parametrize("some", [True, False], ids=["of what changed", "of all"])
def test_a_build_names_what_came_and_went(small_graph, feedstock, some):
    zlib, python, numpy = small_graph
    build()
    new = feedstock("scipy", needs={"run": ["numpy", "libblas"]})
    Feedstock.objects.filter(pk=zlib.pk).update(gone_at=timezone.now())
    edited = need(numpy, openssl="run:linux-64")
    python_needs_numpy = need(python, zlib="host:linux-64", numpy="host:linux-64")
    ids = {new.pk, zlib.pk, edited, python_needs_numpy}
    assert changed(build(changed=ids if some else None)) == {
        "feedstocks.new": ["scipy"],
        "feedstocks.gone": ["zlib"],
        "external.new": ["libblas", "zlib"],
        "edges.new": [
            ["numpy", "openssl"],
            ["python", "numpy"],
            ["python", "zlib"],
            ["scipy", "libblas"],
            ["scipy", "numpy"],
        ],
        "edges.gone": [["numpy", "python"], ["python", "openssl"], ["python", "zlib"]],
    }


def test_a_package_that_another_still_needs_is_no_news(small_graph, feedstock):
    feedstock("curl", needs={"host": ["openssl"]})
    _, python, numpy = small_graph
    build()
    need(python)
    assert "external.gone" not in changed(build(changed={python.pk}))
    need(numpy, openssl="run:linux-64")
    assert "external.new" not in changed(build(changed={numpy.pk}))


def test_cycles_that_are_made_and_broken_are_named(small_graph):
    zlib, _, _ = small_graph
    build()
    need(zlib, numpy="host:linux-64")
    assert changed(build(changed={zlib.pk}))["cycles.new"] == [["numpy", "python", "zlib"]]
    assert changed(build()) == {}
    need(zlib)
    assert changed(build(changed={zlib.pk}))["cycles.gone"] == [["numpy", "python", "zlib"]]


def test_a_label_or_a_position_alone_is_no_such_change(small_graph):
    numpy = small_graph[2]
    build()
    need(numpy, python="run:linux-64")
    built = build(changed={numpy.pk})
    assert built.changed
    assert changed(built) == {}


def test_of_many_some_are_named(feedstock, monkeypatch):
    monkeypatch.setattr(changes, "MOST", 2)
    for number in range(5):
        feedstock(f"p{number}", needs={"run": [f"p{(number + 1) % 5}"]})
    built = build()
    assert built.changes["feedstocks"]["new"] == {"count": 5, "names": ["p0", "p1"]}
    assert built.changes["edges"]["new"] == {"count": 5, "names": [["p0", "p1"], ["p1", "p2"]]}
    assert built.changes["cycles"]["new"] == {"count": 1, "names": [["p0", "p1"]]}


def test_names_that_several_channels_have_are_keys(feedstock, channel):
    other = type(channel).objects.create(name="other", kind="dir", spec="dir:/other")
    feedstock("zlib")
    feedstock("zlib", of=other)
    assert changed(build())["feedstocks.new"] == ["main/zlib", "other/zlib"]


def test_old_builds_are_forgotten(feedstock, monkeypatch):
    monkeypatch.setattr(building, "KEPT", 3)
    feedstock("zlib")
    built = [build().pk for _ in range(5)]
    kept = GraphBuild.objects.order_by("pk").values_list("pk", flat=True)
    assert list(kept) == built[2:]


def test_the_page_tells_what_each_build_changed(client, small_graph):
    build()
    GraphBuild.objects.update(started_at=timezone.now() - timedelta(hours=3))
    build()
    GraphBuild.objects.create(started_at=timezone.now() - timedelta(hours=5))
    text = words(client.get("/graph/builds/").content.decode())
    assert "The last 3 builds" in text
    assert "New feedstocks: 3 numpy; python; zlib" in text
    assert "New dependencies: 3 numpy needs python; python needs openssl" in text
    assert "nothing" in text
    assert "not finished" in text


def test_the_page_says_that_nothing_was_built(client):
    assert "was not built yet" in client.get("/graph/builds/").content.decode()


def test_the_page_of_many_builds_takes_few_queries(client, django_assert_max_num_queries):
    GraphBuild.objects.bulk_create(GraphBuild(finished_at=timezone.now()) for _ in range(60))
    with django_assert_max_num_queries(12):
        page = client.get("/graph/builds/", {"page": "3"})
    assert page.content.count(b"<tr>") == 11
