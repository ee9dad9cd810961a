"""The index's list of all projects, read piece by piece."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest

from versions.bulk.project_list import NoSerials, read_serials


def pieces(body: str | bytes, size: int = 50) -> Iterator[bytes]:
    body = body.encode() if isinstance(body, str) else body
    return (body[start : start + size] for start in range(0, len(body), size))


def document(**serials: int) -> str:
    projects = [{"name": name, "_last-serial": serial} for name, serial in serials.items()]
    return json.dumps({"meta": {"api-version": "1.4", "_last-serial": 99}, "projects": projects})


@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_wanted_serials_are_read_wherever_the_pieces_break(size):
    body = document(numpy=7, scipy=8, unwanted=9)
    assert read_serials(pieces(body, size), {"numpy", "scipy"}) == {"numpy": 7, "scipy": 8}


def test_what_is_not_listed_is_absent():
    assert read_serials(pieces(document(numpy=7)), {"numpy", "gone"}) == {"numpy": 7}


def test_names_are_compared_in_their_canonical_form():
    body = document(**{"Flask": 1, "zope.interface": 2, "a_b": 3, "ruamel.yaml_CLIB": 4})
    wanted = {"flask", "zope-interface", "a-b", "ruamel-yaml-clib"}
    assert read_serials(pieces(body), wanted) == {
        "flask": 1,
        "zope-interface": 2,
        "a-b": 3,
        "ruamel-yaml-clib": 4,
    }


def test_the_order_of_keys_and_the_space_between_do_not_matter():
    body = '{ "projects" : [ {"_last-serial": 5,\n "name": "numpy"} , \n ], "meta": {} }'
    assert read_serials(pieces(body.replace(", \n ]", " \n ]")), {"numpy"}) == {"numpy": 5}
    assert read_serials(pieces(body.replace("numpy", "other")), {"numpy"}) == {}


def test_an_empty_list_is_one():
    assert read_serials(pieces('{"projects": []}'), {"numpy"}) == {}


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><body><a href='/simple/numpy/'>numpy</a>",
        '{"projects": [{"name": "numpy"}]}',
        '{"projects": [{"name": "numpy", "_last-serial": 1}, {"name": "scipy"}]}',
    ],
)
def test_a_list_without_serials_says_so(body):
    with pytest.raises(NoSerials):
        read_serials(pieces(body), {"numpy"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\x00" * 1000,
        b"x" * 200_000,
        document(numpy=7)[:-10].encode(),
        b'{"projects": [' + b" " * 200_000,
        b'{"projects": [{"name": "numpy", "_last-serial": 1, "more": {"a": 1}, "b": [1]}]}',
        b'{"projects": [{"name": }]}',
        b'{"projects": [{"name": "numpy", "_last-serial": "many"}]}',
    ],
)
def test_what_is_no_such_list_is_refused(body):
    with pytest.raises(ValueError, match=r"."):
        read_serials(pieces(body), {"numpy"})


def test_memory_does_not_grow_with_the_list():
    def long_list(count: int) -> Iterator[bytes]:
        yield b'{"projects": ['
        for start in range(0, count, 1000):
            entries = (
                f'{{"name": "project-{number}", "_last-serial": {number}}}'
                for number in range(start, start + 1000)
            )
            yield ((", " if start else "") + ", ".join(entries)).encode()
        yield b"]}"

    def peak(count: int) -> int:
        tracemalloc.start()
        found = read_serials(long_list(count), {"project-5", f"project-{count - 1}"})
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == {"project-5": 5, f"project-{count - 1}": count - 1}
        return size

    assert peak(100_000) < 2 * peak(2_000)
