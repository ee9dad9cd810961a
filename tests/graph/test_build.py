"""Building the graph of what is in the database."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.build import build, is_due
from graph.models import Channel, Dependency, Feedstock, Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_graph(feedstock):
    return (
        feedstock("zlib"),
        feedstock("python", needs={"host": ["zlib"], "build": ["gcc_linux-64"]}),
        feedstock("numpy", needs={"host": ["python"], "run": ["python"], "test": ["pytest"]}),
    )


def position(row):
    row = Feedstock.objects.get(pk=row.pk)
    return row.depth, row.direct_dependents_count, row.dependents_count, row.dependencies_count


def test_it_works(small_graph):
    zlib, python, numpy = small_graph
    built = build()
    assert built.figures() == {
        "feedstocks": 3,
        "nodes": 5,
        "edges": 4,
        "external": 2,
        "cycles": [],
        "duration_s": built.duration_s,
        "changed": 7,
    }
    assert position(zlib) == (0, 1, 2, 0)
    assert position(python) == (1, 1, 1, 1)
    assert position(numpy) == (2, 0, 0, 1)
    edge = numpy.dependencies.get(target=python)
    assert (edge.sections, edge.platforms) == (["host", "run"], ["linux-64"])
    assert numpy.dependencies.get(name="pytest").test_only


def test_a_second_build_writes_nothing(small_graph):
    build()
    assert build().changed == 0


def test_only_what_changed_is_written(small_graph):
    zlib, python, numpy = small_graph
    build()
    kept = Dependency.objects.get(feedstock=python, target=zlib).pk
    everywhere = {"python": "run:linux-64,osx-64", "zlib": "run:linux-64"}
    Reading.objects.filter(feedstock=numpy).update(requirements=everywhere)
    # One edge relabelled, one new, pytest's gone, and two positions: zlib's and numpy's.
    assert build().changed == 5
    assert Dependency.objects.get(feedstock=python, target=zlib).pk == kept
    assert position(zlib) == (0, 2, 2, 0)


def test_what_is_gone_leaves_the_graph(small_graph):
    zlib, python, _ = small_graph
    build()
    Feedstock.objects.filter(pk=zlib.pk).update(gone_at=timezone.now())
    assert build().feedstocks == 2
    assert python.dependencies.get(name="zlib").target is None


def test_cycles_are_named(feedstock):
    pip = feedstock("pip", needs={"run": ["setuptools"]})
    feedstock("setuptools", needs={"host": ["pip"]})
    assert build().cycles == [["pip", "setuptools"]]
    pip.refresh_from_db()
    assert pip.in_cycle


def test_names_that_two_channels_share_are_told_apart(feedstock):
    other = Channel.objects.create(name="other", kind="dir", spec="dir:/elsewhere")
    feedstock("pip", needs={"run": ["setuptools"]})
    feedstock("setuptools", needs={"run": ["pip"]})
    feedstock("pip", of=other)
    assert build().cycles == [["main/pip", "setuptools"]]


def test_ambiguous_outputs_are_kept_visible(feedstock):
    feedstock("openblas", outputs=["blas"])
    feedstock("mkl", outputs=["blas"])
    user = feedstock("user", needs={"host": ["blas"]})
    assert build().ambiguous == {"blas": ["mkl", "openblas"]}
    assert user.dependencies.count() == 2


def test_a_build_is_due_when_a_channel_changed(small_graph, channel):
    assert is_due()
    build()
    assert not is_due()
    Channel.objects.filter(pk=channel.pk).update(changed_at=timezone.now())
    assert is_due()


def test_nothing_is_due_without_channels():
    assert not is_due()
    assert build().nodes == 0
