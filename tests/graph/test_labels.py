"""Where a package is needed, on one line."""

from __future__ import annotations

from graph import labels


def test_sections_and_platforms_are_written_in_order():
    places = {"run": ["osx-64", "linux-64", "osx-64"], "host": ["linux-64"]}
    assert labels.write(places) == "host:linux-64 run:linux-64,osx-64"


def test_reading_is_the_inverse_of_writing():
    line = "build:linux-64 test:linux-64,win-64"
    assert labels.write(labels.read(line)) == line
    assert labels.read("") == {}


def test_more_places_are_added():
    line = labels.added("run:linux-64", ("host", "run"), ("osx-64",))
    assert line == "host:osx-64 run:linux-64,osx-64"


def test_test_only():
    assert labels.is_test_only("test:linux-64")
    assert not labels.is_test_only("run:linux-64 test:linux-64")
