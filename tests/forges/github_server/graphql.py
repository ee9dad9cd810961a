"""The GraphQL API, as far as it is used. Its schema is a small part of GitHub's; a test compares
the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import graphql
from graphql import GraphQLResolveInfo as Info

from tests.forges.github_server.state import PullRequest, Remark, Repository, State

SCHEMA = """
scalar DateTime
scalar GitObjectID
scalar GitRefname
scalar URI

type Query {
  rateLimit: RateLimit
  viewer: User!
  repository(followRenames: Boolean = true, name: String!, owner: String!): Repository
}
type Mutation { updateRefs(input: UpdateRefsInput!): UpdateRefsPayload }

type RateLimit { cost: Int! limit: Int! remaining: Int! resetAt: DateTime! }

interface Actor { login: String! }
interface RepositoryOwner { login: String! }
type User implements Actor & RepositoryOwner { login: String! }

enum RepositoryAffiliation { COLLABORATOR ORGANIZATION_MEMBER OWNER }
enum OrderDirection { ASC DESC }
enum IssueOrderField { COMMENTS CREATED_AT UPDATED_AT }
enum PullRequestState { CLOSED MERGED OPEN }
enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }
enum PullRequestTimelineItemsItemType { ISSUE_COMMENT LABELED_EVENT }
input IssueOrder { direction: OrderDirection! field: IssueOrderField! }

type Repository {
  id: ID!
  nameWithOwner: String!
  owner: RepositoryOwner!
  isArchived: Boolean!
  ref(qualifiedName: String!): Ref
  object(expression: String, oid: GitObjectID): GitObject
  forks(affiliations: [RepositoryAffiliation], first: Int): RepositoryConnection!
  pullRequest(number: Int!): PullRequest
  pullRequests(headRefName: String, first: Int, orderBy: IssueOrder): PullRequestConnection!
}
type RepositoryConnection { nodes: [Repository] }
type Ref { target: GitObject }
interface GitObject { oid: GitObjectID! }
type Commit implements GitObject { oid: GitObjectID! tree: Tree! }
type Tree implements GitObject { oid: GitObjectID! }
type Blob implements GitObject { oid: GitObjectID! }

type PullRequestConnection { nodes: [PullRequest] }
type PullRequest {
  number: Int!
  url: URI!
  state: PullRequestState!
  title: String!
  body: String!
  headRefOid: GitObjectID!
  baseRefName: String!
  mergeable: MergeableState!
  updatedAt: DateTime!
  headRepository: Repository
  labels(first: Int): LabelConnection
  timelineItems(
    itemTypes: [PullRequestTimelineItemsItemType!], last: Int, since: DateTime
  ): PullRequestTimelineItemsConnection!
}
type LabelConnection { nodes: [Label] }
type Label { name: String! }
type PullRequestTimelineItemsConnection { nodes: [PullRequestTimelineItems] }
union PullRequestTimelineItems = IssueComment | LabeledEvent
type IssueComment { id: ID! createdAt: DateTime! body: String! author: Actor }
type LabeledEvent { id: ID! createdAt: DateTime! label: Label! actor: Actor }

input UpdateRefsInput { repositoryId: ID! refUpdates: [RefUpdate!]! clientMutationId: String }
input RefUpdate {
  name: GitRefname!
  afterOid: GitObjectID!
  beforeOid: GitObjectID
  force: Boolean = false
}
type UpdateRefsPayload { clientMutationId: String }
"""
_NOBODY = "0" * 40


@cache
def schema() -> graphql.GraphQLSchema:
    return graphql.build_schema(SCHEMA)


def answer(state: State, login: str, limit: Mapping[str, Any], document: Any) -> dict[str, Any]:
    """The document that answers a query; errors are typed as GitHub's are."""
    result = graphql.graphql_sync(
        schema(),
        document["query"],
        _Root(state, login, limit),
        variable_values=document.get("variables"),
    )
    told: dict[str, Any] = {"data": result.data}
    if result.errors:
        told["errors"] = [
            {"type": getattr(each.original_error, "type", ""), **each.formatted}
            for each in result.errors
        ]
    return told


class Failure(Exception):
    def __init__(self, type: str, message: str) -> None:  # noqa: A002 - GitHub's own word
        super().__init__(message)
        self.type = type


@dataclass
class _Root:
    state: State
    login: str
    limit: Mapping[str, Any]

    def rateLimit(self, _info: Info) -> Mapping[str, Any]:  # noqa: N802
        return self.limit

    def viewer(self, _info: Info) -> dict[str, str]:
        return {"login": self.login}

    def repository(self, _info: Info, owner: str, name: str, **_: Any) -> _Repository:
        if found := self.state.find(f"{owner}/{name}"):
            return _Repository(self, found)
        said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise Failure("NOT_FOUND", said)

    def updateRefs(self, _info: Info, input: Mapping[str, Any]) -> dict[str, None]:  # noqa: A002, N802
        at = self.state.by_id(input["repositoryId"])
        if at is None or not at.may_write(self.login):
            raise Failure("FORBIDDEN", "Resource not accessible by personal access token")
        for update in input["refUpdates"]:
            self._update(at, update)
        return {"clientMutationId": None}

    def _update(self, at: Repository, update: Mapping[str, Any]) -> None:
        branch = update["name"].removeprefix("refs/heads/")
        if at.refs.get(branch, _NOBODY) != update.get("beforeOid", _NOBODY):
            raise Failure("UNPROCESSABLE", f"{update['name']} is not at the expected commit")
        if not update["force"]:
            raise Failure("UNPROCESSABLE", "not a fast-forward")
        self.state.set_ref(at, branch, update["afterOid"])


@dataclass
class _Repository:
    root: _Root
    at: Repository

    @property
    def id(self) -> str:
        return self.at.id

    @property
    def nameWithOwner(self) -> str:  # noqa: N802
        return self.at.full_name

    @property
    def owner(self) -> dict[str, str]:
        return {"__typename": "User", "login": self.at.owner}

    @property
    def isArchived(self) -> bool:  # noqa: N802
        return self.at.archived

    def ref(self, _info: Info, qualifiedName: str) -> dict[str, Any] | None:  # noqa: N803
        oid = self.at.refs.get(qualifiedName.removeprefix("refs/heads/"))
        if oid is None:
            return None
        tree = {"oid": self.at.objects.tree_of(oid)}
        return {"target": {"__typename": "Commit", "oid": oid, "tree": tree}}

    def object(self, _info: Info, expression: str) -> dict[str, str] | None:
        branch, _, path = expression.removeprefix("refs/heads/").partition(":")
        if branch not in self.at.refs:
            return None
        oid = self.at.objects.files(self.at.refs[branch]).get(path)
        return {"__typename": "Blob", "oid": oid} if oid else None

    def forks(self, _info: Info, affiliations: list[str], first: int) -> dict[str, Any]:
        assert affiliations == ["OWNER"]
        forks = self.root.state.forks(self.at, self.root.login)
        return {"nodes": [_Repository(self.root, each) for each in forks[:first]]}

    def pullRequest(self, _info: Info, number: int) -> _Pull:  # noqa: N802
        for each in self.at.pulls:
            if each.number == number:
                return _Pull(self.root, each)
        raise Failure("NOT_FOUND", f"Could not resolve to a PullRequest with the number {number}.")

    def pullRequests(  # noqa: N802
        self,
        _info: Info,
        headRefName: str,  # noqa: N803
        first: int,
        orderBy: Mapping[str, str],  # noqa: N803
    ) -> dict[str, Any]:
        assert orderBy == {"field": "CREATED_AT", "direction": "DESC"}
        found = [each for each in reversed(self.at.pulls) if each.branch == headRefName]
        return {"nodes": [_Pull(self.root, each) for each in found[:first]]}


@dataclass
class _Pull:
    root: _Root
    pull: PullRequest

    def __getattr__(self, name: str) -> Any:
        """What is called the same here and there."""
        return getattr(self.pull, name)

    @property
    def url(self) -> str:
        return f"https://forge.example/{self.pull.into.full_name}/pull/{self.pull.number}"

    @property
    def state(self) -> str:
        return "MERGED" if self.pull.merged else self.pull.state.upper()

    @property
    def headRefOid(self) -> str:  # noqa: N802
        return self.pull.head_oid

    @property
    def baseRefName(self) -> str:  # noqa: N802
        return self.pull.base

    @property
    def mergeable(self) -> str:
        if not self.pull.is_open:
            return "UNKNOWN"
        return "CONFLICTING" if self.pull.conflicts else "MERGEABLE"

    @property
    def updatedAt(self) -> str:  # noqa: N802
        return self.pull.updated_at.isoformat()

    @property
    def headRepository(self) -> _Repository:  # noqa: N802
        return _Repository(self.root, self.pull.head)

    def labels(self, _info: Info, first: int) -> dict[str, Any]:
        return {"nodes": [{"name": each} for each in self.pull.labels[:first]]}

    def timelineItems(self, _info: Info, since: str, last: int, **_: Any) -> dict[str, Any]:  # noqa: N802
        found = [each for each in self.pull.remarks if f"{each.at:%Y-%m-%dT%H:%M:%SZ}" >= since]
        return {"nodes": [_remark(each) for each in found[-last:]]}


def _remark(made: Remark) -> dict[str, Any]:
    actor = {"__typename": "User", "login": made.by}
    common = {"id": made.id, "createdAt": made.at.isoformat()}
    if made.label:
        return common | {
            "__typename": "LabeledEvent",
            "label": {"name": made.label},
            "actor": actor,
        }
    return common | {"__typename": "IssueComment", "body": made.text, "author": actor}
