"""Which feedstocks a picture shows."""

from __future__ import annotations

import pytest

from graph.build import build
from graph.showing import picture
from graph.showing.picture import Direction, Picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(feedstock):
    """zlib, python, numpy, scipy: each needs the one before, and a test of scipy needs pytest."""
    feedstock("pytest")
    rows = [feedstock("zlib")]
    for name in ("python", "numpy"):
        rows.append(feedstock(name, needs={"host": [rows[-1].name]}))
    rows.append(feedstock("scipy", needs={"host": ["numpy", "python"], "test": ["pytest"]}))
    build()
    for row in rows:
        row.refresh_from_db()
    return rows


def shown(row, *choices):
    return {each.feedstock.name: each for each in Picture(row, *choices).neighbours}


def test_it_works(chain):
    numpy = chain[2]
    found = shown(numpy)
    assert list(found) == ["numpy", "python", "scipy"]
    assert [each.relation for each in found.values()] == [
        None,
        Direction.DEPENDENCIES,
        Direction.DEPENDENTS,
    ]
    assert found["python"].box.x < found["numpy"].box.x < found["scipy"].box.x
    assert (found["python"].sign, found["python"].words) == ("question", "python")


def test_steps_and_direction_are_chosen(chain):
    scipy = chain[3]
    needed = shown(scipy, Direction.DEPENDENCIES, 2)
    assert {name: each.steps for name, each in needed.items()} == {
        "scipy": 0,
        "numpy": 1,
        "python": 1,
        "zlib": 2,
    }
    assert list(shown(scipy, Direction.DEPENDENTS, 3)) == ["scipy"]


def test_lines_join_all_that_is_shown(chain):
    zlib, python, numpy, scipy = chain
    lines = {(line.needed, line.user) for line in Picture(python).lines}
    assert lines == {(zlib.pk, python.pk), (python.pk, numpy.pk), (numpy.pk, scipy.pk)}


def test_where_there_is_no_room_the_most_needed_are_shown(chain, feedstock, monkeypatch):
    monkeypatch.setattr(picture, "MOST", 4)
    zlib = chain[0]
    for number in range(5):
        feedstock(f"user{number}", needs={"run": ["zlib"]})
    build()
    crowded = Picture(zlib)
    assert list(shown(zlib))[:2] == ["zlib", "python"]
    assert len(crowded.neighbours) == 4
    assert crowded.left_out == {Direction.DEPENDENTS: 3}


def test_many_dependencies_leave_room_for_users(feedstock, monkeypatch):
    monkeypatch.setattr(picture, "MOST", 6)
    needs = [feedstock(f"lib{number}").name for number in range(8)]
    row = feedstock("meta", needs={"run": needs})
    for number in range(8):
        feedstock(f"user{number}", needs={"run": ["meta"]})
    build()
    crowded = Picture(row)
    assert crowded.left_out == {Direction.DEPENDENCIES: 6, Direction.DEPENDENTS: 5}


def test_a_long_name_is_cut(feedstock):
    row = feedstock("a" * 60)
    assert Picture(row).neighbours[0].words == "a" * 25 + "…"
