"""GitHub's GraphQL, as far as tags and releases go: with its costs, its limits, and its way of
answering in part (https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    IntValueNode,
    Visitor,
    build_schema,
    execute_sync,
    parse,
    validate,
    visit,
)

from benchmarks.world.pages.git import tags
from benchmarks.world.pages.page import Page
from benchmarks.world.population import Kind, Project
from benchmarks.world.recipes import owner

SCHEMA = build_schema("""
scalar DateTime
scalar URI
enum OrderDirection { ASC DESC }
enum RefOrderField { TAG_COMMIT_DATE ALPHABETICAL }
enum ReleaseOrderField { CREATED_AT NAME }
input RefOrder { field: RefOrderField! direction: OrderDirection! }
input ReleaseOrder { field: ReleaseOrderField! direction: OrderDirection! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type RateLimit {
  limit: Int! cost: Int! remaining: Int! used: Int! nodeCount: Int! resetAt: DateTime!
}
type Ref { name: String! prefix: String! }
type RefConnection { totalCount: Int! nodes: [Ref] pageInfo: PageInfo! }
type Release {
  tagName: String! name: String isPrerelease: Boolean! isDraft: Boolean! publishedAt: DateTime
  createdAt: DateTime! url: URI!
}
type ReleaseConnection { totalCount: Int! nodes: [Release] pageInfo: PageInfo! }
type Repository {
  nameWithOwner: String! isArchived: Boolean! url: URI! pushedAt: DateTime
  latestRelease: Release
  refs(refPrefix: String! first: Int last: Int after: String orderBy: RefOrder): RefConnection
  releases(first: Int last: Int after: String orderBy: ReleaseOrder): ReleaseConnection!
}
type Query {
  rateLimit: RateLimit
  repository(owner: String! name: String! followRenames: Boolean = true): Repository
}
""")
MOST_NODES = 500_000
MOST_EACH = 100
_HOUR = 3600.0
_CONNECTIONS = frozenset({"refs", "releases"})


class Known(Protocol):
    """Where the projects are."""

    projects: list[Project]


@dataclass(slots=True)
class Budget:
    """Points that are left in this hour."""

    limit: int
    used: int = 0
    ends: float = field(default_factory=lambda: time.time() + _HOUR)

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    def spend(self, cost: int) -> bool:
        """False if there are not enough left."""
        if time.time() > self.ends:
            self.used, self.ends = 0, time.time() + _HOUR
        if cost > self.remaining:
            return False
        self.used += cost
        return True

    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(self.ends)),
            "X-RateLimit-Resource": "graphql",
        }


class GraphQL:
    """`https://api.github.com/graphql`, for one token."""

    def __init__(self, known: Known, points: int) -> None:
        self.budget = Budget(points)
        self._repositories = {
            (owner(each), each.name): each
            for each in known.projects
            if each.kind is Kind.GITHUB and not each.gone
        }

    def page(self, body: bytes, *, authorised: bool = True) -> Page:
        """The answer to a POST of {query, variables}."""
        if not authorised:
            return self._said({"message": "This endpoint requires you to be authenticated."}, 401)
        try:
            asked = json.loads(body)
            document = parse(asked["query"])
        except (ValueError, KeyError, TypeError, GraphQLError) as error:
            return self._said({"message": f"Problems parsing the query: {error}"}, 400)
        if errors := validate(SCHEMA, document):
            return self._said({"errors": [_error(each) for each in errors]})
        return self._run(document, asked.get("variables"))

    def _run(self, document: DocumentNode, variables: dict[str, Any] | None) -> Page:
        cost, nodes = _price(document)
        if nodes > MOST_NODES:
            text = f"By the time this query is run it asks for {nodes} nodes; {MOST_NODES} may be."
            return self._said({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": text}]})
        if not self.budget.spend(cost):
            text = "API rate limit exceeded for this token."
            return self._said({"errors": [{"type": "RATE_LIMITED", "message": text}]})
        root = {"repository": self._repository, "rateLimit": self._rate_limit(cost, nodes)}
        done = execute_sync(SCHEMA, document, root, variable_values=variables)
        answer: dict[str, Any] = {"data": done.data}
        if done.errors:
            answer["errors"] = [_error(each) for each in done.errors]
        return self._said(answer)

    def _repository(self, info: GraphQLResolveInfo[Any], **asked: Any) -> dict[str, Any]:
        name = f"{asked['owner']}/{asked['name']}"
        project = self._repositories.get((asked["owner"], asked["name"]))
        if project is None:
            message = f"Could not resolve to a Repository with the name '{name}'."
            raise GraphQLError(message, extensions={"type": "NOT_FOUND"})
        return {
            "nameWithOwner": name,
            "isArchived": False,
            "url": f"https://github.com/{name}",
            "pushedAt": _moment(project.releases[-1].released_at),
            "latestRelease": lambda info: next(_releases(project, good=True), None),
            "refs": lambda info, **wanted: _connection(_refs(project), wanted),
            "releases": lambda info, **wanted: _connection(list(_releases(project)), wanted),
        }

    def _rate_limit(self, cost: int, nodes: int) -> dict[str, Any]:
        ends = datetime.fromtimestamp(self.budget.ends, UTC)
        return {
            "limit": self.budget.limit,
            "cost": cost,
            "remaining": self.budget.remaining,
            "used": self.budget.used,
            "nodeCount": nodes,
            "resetAt": _moment(ends),
        }

    def _said(self, document: object, status: int = 200) -> Page:
        body = json.dumps(document).encode()
        headers = self.budget.headers()
        return Page("graphql", body, "application/json", status=status, headers=headers)


class _Meter(Visitor):
    """Counts the connections of a query, and the nodes they may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.connections = self.nodes = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in _CONNECTIONS:
            self.connections += 1
            self.nodes += sum(_numbers(node))


def _price(document: DocumentNode) -> tuple[int, int]:
    """Points and nodes."""
    meter = _Meter()
    visit(document, meter)
    return max(1, round(meter.connections / 100)), meter.nodes


def _numbers(node: FieldNode) -> Iterator[int]:
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last") and isinstance(argument.value, IntValueNode):
            yield int(argument.value.value)


def _connection(everything: list[dict[str, Any]], wanted: dict[str, Any]) -> dict[str, Any]:
    """A page of a list that is newest first."""
    order = wanted.get("orderBy") or {"direction": "ASC"}
    if order["direction"] == "ASC":
        everything = everything[::-1]
    size = wanted.get("first") or wanted.get("last")
    if not size or not 1 <= size <= MOST_EACH:
        message = f"You must provide a `first` or `last` value from 1 to {MOST_EACH}."
        raise GraphQLError(message, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"})
    start = int(wanted.get("after") or 0) if "first" in wanted else max(0, len(everything) - size)
    end = start + size
    more = {"hasNextPage": end < len(everything), "endCursor": str(min(end, len(everything)))}
    return {"totalCount": len(everything), "nodes": everything[start:end], "pageInfo": more}


def _refs(project: Project) -> list[dict[str, Any]]:
    return [{"name": tag, "prefix": "refs/tags/"} for tag in reversed(tags(project))]


def _releases(project: Project, *, good: bool = False) -> Iterator[dict[str, Any]]:
    for each in reversed(project.releases):
        if each.good or not good:
            tag = project.tag_prefix + each.version
            yield {
                "tagName": tag,
                "name": tag,
                "isPrerelease": each.prerelease,
                "isDraft": False,
                "publishedAt": _moment(each.released_at),
                "createdAt": _moment(each.released_at),
                "url": f"https://github.com/{owner(project)}/{project.name}/releases/tag/{tag}",
            }


def _error(error: GraphQLError) -> dict[str, Any]:
    """As GitHub writes it: the type beside the message, not below `extensions`."""
    formatted: dict[str, Any] = {**error.formatted}
    return {**formatted.pop("extensions", {}), **formatted}


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def aliases(repositories: Iterable[tuple[str, str]], fields: str) -> str:
    """A query over many repositories, the first of them as `r0`."""
    each = (
        f'r{place}: repository(owner: "{owner}", name: "{name}") {{ {fields} }}'
        for place, (owner, name) in enumerate(repositories)
    )
    return f"query {{ {' '.join(each)} rateLimit {{ cost remaining resetAt }} }}"
