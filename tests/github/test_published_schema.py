"""Our queries, and the GitHub of our own, agree with the schema that GitHub publishes."""

from __future__ import annotations

from copy import deepcopy

import pytest

from graph.channels.github_texts import LISTING, TEXTS
from tests.github.fake_github import OWNER, feedstock_files
from tests.github.published_schema import published_schema

graphql = pytest.importorskip("graphql", reason="graphql-core is not installed")


@pytest.fixture(scope="module")
def schema():
    return graphql.build_schema(published_schema(), assume_valid=True)


@pytest.mark.parametrize("query", [LISTING, TEXTS], ids=["listing", "texts"])
def test_queries_are_valid(schema, query):
    assert graphql.validate(schema, graphql.parse(query)) == []


def test_a_query_that_is_not_is_caught(schema):
    wrong = LISTING.replace("isArchived", "isRetired")
    assert len(graphql.validate(schema, graphql.parse(wrong))) == 1


def test_a_listing_is_answered_as_the_schema_has_it(schema, fake):
    fake.add("zlib-feedstock")
    fake.add("new-feedstock").pushes = 0
    variables = {"owner": OWNER, "after": None}
    answer = fake.answer(LISTING, variables)["data"]
    root = deepcopy(answer)
    root["repositoryOwner"]["__typename"] = "Organization"
    for node in root["repositoryOwner"]["repositories"]["nodes"]:
        if node["defaultBranchRef"]:
            node["defaultBranchRef"]["target"]["__typename"] = "Commit"
    assert executed(schema, LISTING, root, variables) == answer


def test_texts_are_answered_as_the_schema_has_it(schema, fake):
    variants = {".ci_support/linux_64_.yaml": "x", ".ci_support/README": "y"}
    zlib = fake.add("zlib-feedstock", **feedstock_files("zlib"), **variants)
    lua = fake.add("lua-feedstock", **{"recipe/recipe.yaml": "x\0", "conda-forge.yml": "{}"})
    variables = {"ids": [zlib.id, lua.id, "R_gone"]}
    answer = fake.answer(TEXTS, variables)["data"]
    nodes = [_node(zlib), _node(lua), None]
    root = {"rateLimit": answer["rateLimit"], "nodes": nodes}
    assert executed(schema, TEXTS, root, variables) == answer


def _node(repository):
    return {
        "__typename": "Repository",
        "id": repository.id,
        "defaultBranchRef": {"target": {"__typename": "Commit", "oid": repository.head}},
        "object": lambda _info, expression: repository.object(expression),
    }


def executed(schema, query, root, variables):
    """The data of a query, put together by graphql-core."""
    result = graphql.graphql_sync(schema, query, root, variable_values=variables)
    assert result.errors is None
    return result.data
