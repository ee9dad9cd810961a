from __future__ import annotations

import json

import pytest

from benchmarks.world import World, WorldConfig
from benchmarks.world.population import Kind
from tests.world.asking import first, get

JSON = "application/vnd.pypi.simple.v1+json"


def page(world: World) -> str:
    return f"/index/simple/{first(world, Kind.INDEX).name}/"


def test_a_project_page_lists_files_with_times_and_the_serial(world):
    project = first(world, Kind.INDEX)
    status, headers, body = get(world, page(world))
    document = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, JSON)
    assert document["meta"]["_last-serial"] == int(headers["X-PyPI-Last-Serial"]) == project.serial
    assert document["versions"] == [each.version for each in project.releases]
    assert all(file["upload-time"] for file in document["files"])


def test_what_has_not_changed_is_not_sent_again(world):
    _, headers, _ = get(world, page(world))
    before = world.counts()
    status, _, body = get(world, page(world), {"If-None-Match": headers["ETag"]})
    counts = world.counts() - before
    assert (status, body) == (304, b"")
    assert counts.statuses == {"304": 1}


def test_the_list_tells_which_projects_changed():
    with World(WorldConfig(packages=100, index_projects=120)) as world:
        before = serials(world)
        changed = set(world.advance(0.1))
        after = serials(world)
    index = {each.name for each in world.projects() if each.kind is Kind.INDEX}
    assert {name for name in after if after[name] != before[name]} == changed & index
    assert len(after) >= 110


def serials(world: World) -> dict[str, int]:
    document = json.loads(get(world, "/index/simple/")[2])
    return {each["name"]: each["_last-serial"] for each in document["projects"]}


def test_an_index_without_json_speaks_html_and_tells_no_serials():
    with World(WorldConfig(packages=20, html_only=True)) as world:
        status, headers, body = get(world, page(world), {"Accept": JSON})
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert "X-PyPI-Last-Serial" not in headers
    assert b".tar.gz</a>" in body


@pytest.mark.parametrize("path", ["/index/simple/no-such-project/", "/nowhere.example/a/b"])
def test_what_does_not_exist_is_not_found(world, path):
    assert get(world, path)[0] == 404
