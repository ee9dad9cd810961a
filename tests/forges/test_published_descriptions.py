"""The GitHub of our own agrees with what GitHub publishes, and holds every request against it."""

from __future__ import annotations

import json

import graphql
import pytest

from pulls.forges import github_branch, github_survey, github_timeline
from tests.forges.github_server.graphql import SCHEMA
from tests.forges.github_server.judge import judge
from tests.forges.github_server.rest import find_route
from tests.loopback import Request

PULLS = "/repos/our-forge/zlib-feedstock/pulls"


@pytest.fixture(scope="module")
def published_judge():
    return judge()


def asked(published_judge, method, path, document=None):
    body = b"" if document is None else json.dumps(document).encode()
    template, arguments = find_route(method, path.partition("?")[0])
    return published_judge.rest(Request(method, path, {}, body), template, arguments)


def test_our_schema_is_a_part_of_githubs(published_judge):
    ours = graphql.build_schema(SCHEMA)
    assert graphql.find_breaking_changes(ours, published_judge.schema) == []


@pytest.mark.parametrize(
    "query",
    [
        github_survey.query_for(1),
        github_survey.query_for(3),
        github_timeline.QUERY,
        github_timeline.VIEWER,
        github_branch.MOVE,
    ],
    ids=["survey", "survey of several files", "timeline", "viewer", "move"],
)
def test_our_queries_are_valid(published_judge, query):
    assert graphql.validate(published_judge.schema, graphql.parse(query)) == []


def test_a_request_as_described_is_accepted(published_judge):
    document = {"title": "x", "head": "tick-bot:x", "base": "main", "maintainer_can_modify": True}
    assert asked(published_judge, "POST", PULLS, document) == ""
    assert asked(published_judge, "GET", f"{PULLS}/1") == ""
    ref = "/repos/our-forge/zlib-feedstock/git/refs/heads/1.3.2_h123456"
    assert asked(published_judge, "DELETE", ref) == ""


@pytest.mark.parametrize(
    "document",
    [
        {"title": "x", "base": "main"},
        {"title": 1, "head": "x", "base": "main"},
        {"title": "x", "head": "x", "base": "main", "draught": True},
    ],
    ids=["a part is missing", "of another type", "a part that is not described"],
)
def test_a_request_that_is_not_as_described_is_caught(published_judge, document):
    assert asked(published_judge, "POST", PULLS, document)


@pytest.mark.parametrize(
    "document",
    [
        {"query": "{ viewer { handle } }"},
        {"query": "query Q($n: Int!) { viewer { login } }", "variables": {"m": 1}},
        {
            "query": "query Q($n: Int!) { repository(owner: $n, name: $n) { id } }",
            "variables": {"n": 1},
        },
        {
            "query": "query Q($n: String!) { repository(owner: $n, name: $n) { id } }",
            "variables": {"n": None},
        },
    ],
    ids=["field", "variable", "type", "null"],
)
def test_a_query_that_is_not_as_described_is_caught(published_judge, document):
    assert published_judge.graphql(document)


def test_an_answer_that_is_not_as_described_is_caught(published_judge):
    request = Request("GET", f"{PULLS}/1", {})
    template, arguments = find_route("GET", f"{PULLS}/1")

    def judged(document):
        body = json.dumps(document).encode()
        return published_judge.answer(request, template, arguments, 200, body)

    assert judged({"number": 1, "state": "open"}) == ""
    assert judged({"number": "1"})
    assert judged({"state": "merged"})
    assert judged({"nummer": 1})
