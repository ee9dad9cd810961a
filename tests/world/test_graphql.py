from __future__ import annotations

import pytest

from benchmarks.world import World, WorldConfig
from benchmarks.world.pages.graphql import aliases
from benchmarks.world.population import Kind
from benchmarks.world.recipes import owner
from tests.world.asking import ask, first, post

FIELDS = 'refs(refPrefix: "refs/tags/", first: 100) { nodes { name } pageInfo { hasNextPage } }'
PATH = "/api.github.com/graphql"


def query(world: World, text: str):
    return post(world, PATH, {"query": text}, Authorization="bearer token")


@pytest.fixture
def known(world):
    project = first(world, Kind.GITHUB)
    return owner(project), project.name


def test_tags_of_a_repository(world, known):
    project = first(world, Kind.GITHUB)
    answer = query(world, aliases([known], FIELDS))
    names = [each["name"] for each in answer["data"]["r0"]["refs"]["nodes"]]
    assert project.tag_prefix + project.releases[0].version in names
    assert "errors" not in answer


def test_an_unknown_repository_is_an_error_beside_the_others(world, known):
    answer = query(world, aliases([known, ("nobody", "nothing")], FIELDS))
    assert answer["data"]["r0"]["refs"]["nodes"]
    assert answer["data"]["r1"] is None
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("NOT_FOUND", ["r1"])


def test_points_are_spent_and_run_out():
    with World(WorldConfig(packages=20, github_points=1)) as world:
        project = first(world, Kind.GITHUB)
        text = aliases([(owner(project), project.name)], FIELDS)
        limit = query(world, text)["data"]["rateLimit"]
        assert (limit["cost"], limit["remaining"]) == (1, 0)
        assert query(world, text)["errors"][0]["type"] == "RATE_LIMITED"


def test_a_query_for_too_many_nodes_is_refused(world, known):
    text = aliases([known], FIELDS.replace("100", "600000"))
    assert query(world, text)["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_a_connection_needs_bounds(world, known):
    answer = query(world, aliases([known], 'refs(refPrefix: "refs/tags/") { totalCount }'))
    assert answer["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_an_unknown_field_is_refused(world, known):
    assert "nonsense" in query(world, aliases([known], "nonsense"))["errors"][0]["message"]


def test_a_token_is_needed(world):
    assert ask(world, "POST", PATH, b"{}")[0] == 401
