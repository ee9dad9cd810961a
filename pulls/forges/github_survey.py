"""What a GitHub has of a proposal already, in one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.github import GitHub
from core.github.answers import understood
from core.github.outcomes import QUERY_FAILED
from pulls.forges.base import Proposal, Pull, PullRef, State
from pulls.forges.outcomes import NO_BASE, NO_REPOSITORY

QUERY = """
query Survey(
  $owner: String!, $name: String!, $base: String!, $branch: String!, $head: String!%(declared)s
) {
  rateLimit { cost limit remaining resetAt }
  viewer { login }
  repository(owner: $owner, name: $name) {
    id nameWithOwner isArchived
    base: ref(qualifiedName: $base) { target { oid ... on Commit { tree { oid } } } }
    head: ref(qualifiedName: $head) { target { oid } }
    %(before)s
    forks(first: 5, affiliations: [OWNER]) {
      nodes {
        id nameWithOwner owner { login }
        head: ref(qualifiedName: $head) { target { oid } }
        %(after)s
      }
    }
    %(after)s
    pullRequests(
      headRefName: $branch, first: 10, orderBy: {field: CREATED_AT, direction: DESC}
    ) {
      nodes {
        number url state title body headRefOid baseRefName mergeable updatedAt
        headRepository { nameWithOwner }
        labels(first: 50) { nodes { name } }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the proposal's branch is, or shall be. `oid` is its tip, empty as long as it isn't
    there; `blobs` are the ids of the proposal's files at the tip."""

    repository: str
    id: str
    oid: str
    blobs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Existing:
    """A pull request from this branch; `mergeable` False means that it conflicts."""

    pull: Pull
    body: str


@dataclass(frozen=True, slots=True)
class Survey:
    """`blobs` are the ids of the proposal's files at the base's head, empty for a file that isn't
    there. `inside` is the branch in the repository itself, `fork` that in the account's fork, None
    where it has none. `existing` are pull requests from branches of this name, newest first."""

    login: str
    repository: str
    is_archived: bool
    base_oid: str
    base_tree: str
    blobs: Mapping[str, str]
    inside: Head
    fork: Head | None
    existing: tuple[Existing, ...]

    def pull_from(self, head: Head) -> Existing | None:
        """The newest pull request from the branch there."""
        same = (each for each in self.existing if each.pull.ref.head_repository == head.repository)
        return next(same, None)


def survey(github: GitHub, proposal: Proposal) -> Survey:
    """Raises OutcomeError: `pulls.no_repository`, `pulls.no_base`, `github.*`, `http.*`."""
    owner, _, name = proposal.repository.partition("/")
    answer = github.query(
        query_for(len(proposal.files)),
        {
            "owner": owner,
            "name": name,
            "base": f"refs/heads/{proposal.base}",
            "branch": proposal.branch,
            "head": f"refs/heads/{proposal.branch}",
            **_expressions(proposal),
        },
    )
    repository = answer.data.get("repository")
    if repository is None:
        raise NO_REPOSITORY.error(host=github.host, repository=proposal.repository)
    if answer.errors:
        # A hole would look like a branch or pull request that isn't there.
        raise github.no(QUERY_FAILED, problem=answer.errors[0].message[:200])
    if understood(github, lambda: repository["base"]) is None:
        raise NO_BASE.error(repository=proposal.repository, base=proposal.base)
    return understood(github, partial(_survey, answer.data, proposal))


def query_for(files: int) -> str:
    """The query for a proposal with so many files."""
    numbers = range(files)
    return QUERY % {
        "declared": "".join(f", $before{n}: String!, $after{n}: String!" for n in numbers),
        "before": " ".join(f"before{n}: object(expression: $before{n}) {{ oid }}" for n in numbers),
        "after": " ".join(f"after{n}: object(expression: $after{n}) {{ oid }}" for n in numbers),
    }


def _expressions(proposal: Proposal) -> dict[str, str]:
    branches = {"before": proposal.base, "after": proposal.branch}
    return {
        f"{alias}{number}": f"refs/heads/{branch}:{path}"
        for alias, branch in branches.items()
        for number, path in enumerate(proposal.files)
    }


def _survey(data: Mapping[str, Any], proposal: Proposal) -> Survey:
    repository = data["repository"]
    base = repository["base"]["target"]
    login = data["viewer"]["login"]
    forks = [each for each in repository["forks"]["nodes"] if each["owner"]["login"] == login]
    return Survey(
        login=login,
        repository=repository["nameWithOwner"],
        is_archived=bool(repository["isArchived"]),
        base_oid=base["oid"],
        base_tree=base["tree"]["oid"],
        blobs=_blobs(repository, "before", proposal),
        inside=_head(repository, proposal),
        fork=_head(forks[0], proposal) if forks else None,
        existing=tuple(
            _existing(node, repository["nameWithOwner"], proposal.branch)
            for node in repository["pullRequests"]["nodes"]
        ),
    )


def _head(node: Mapping[str, Any], proposal: Proposal) -> Head:
    oid = node["head"]["target"]["oid"] if node["head"] else ""
    return Head(node["nameWithOwner"], node["id"], oid, _blobs(node, "after", proposal))


def _blobs(node: Mapping[str, Any], alias: str, proposal: Proposal) -> dict[str, str]:
    found = {path: node[f"{alias}{number}"] for number, path in enumerate(proposal.files)}
    return {path: blob["oid"] if blob else "" for path, blob in found.items()}


def _existing(node: Mapping[str, Any], repository: str, branch: str) -> Existing:
    head = node["headRepository"]
    source, base = head["nameWithOwner"] if head else "", node["baseRefName"]
    ref = PullRef(repository, int(node["number"]), branch, source, base)
    pull = Pull(
        ref=ref,
        url=node["url"],
        state=State(node["state"].lower()),
        title=node["title"],
        head_sha=node["headRefOid"],
        updated_at=datetime.fromisoformat(node["updatedAt"]),
        labels=tuple(label["name"] for label in node["labels"]["nodes"]),
        mergeable={"MERGEABLE": True, "CONFLICTING": False}.get(node["mergeable"]),
    )
    return Existing(pull, node["body"])
