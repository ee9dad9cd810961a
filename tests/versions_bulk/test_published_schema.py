"""Our query, and the GitHub of these tests, agree with the schema that GitHub publishes."""

from __future__ import annotations

import pytest

from tests.github.published_schema import published_schema
from tests.loopback import LoopbackServer
from tests.versions_bulk.github import TagServer
from versions.bulk.tag_pages import query_for

graphql = pytest.importorskip("graphql", reason="graphql-core is not installed")


@pytest.fixture(scope="module")
def schema():
    return graphql.build_schema(published_schema(), assume_valid=True)


@pytest.mark.parametrize("count", [1, 50])
def test_the_query_is_valid(schema, count):
    assert graphql.validate(schema, graphql.parse(query_for(count))) == []


def test_a_query_that_is_not_is_caught(schema):
    wrong = query_for(1).replace("totalCount", "count")
    assert len(graphql.validate(schema, graphql.parse(wrong))) == 1


def test_the_server_of_these_tests_answers_as_the_schema_has_it(schema):
    names = {"owner0": "owner", "name0": "lib", "after0": None}
    variables = {**names, "owner1": "owner", "name1": "gone", "after1": None}
    with LoopbackServer() as server:
        fake = TagServer(server, tags={"owner/lib": [f"v1.{n}" for n in range(150)]})
        answer = fake.answer(variables, 2)
    found = {"lib": answer["data"]["r0"]}
    root = {
        "rateLimit": answer["data"]["rateLimit"],
        "repository": lambda _info, name, **_others: found.get(name),
    }
    done = graphql.graphql_sync(schema, query_for(2), root, variable_values=variables)
    assert done.errors is None
    assert done.data == answer["data"]
