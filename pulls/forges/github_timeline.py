"""What people say and do beside a pull request on GitHub: comments and labels."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from core.github import GitHub
from core.github.answers import understood
from core.github.outcomes import QUERY_FAILED
from pulls.forges.base import PullRef, Request, Wish
from pulls.forges.outcomes import NO_PULL
from pulls.words import message

QUERY = """
query Timeline($owner: String!, $name: String!, $number: Int!, $since: DateTime!) {
  rateLimit { cost limit remaining resetAt }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      timelineItems(last: 100, since: $since, itemTypes: [ISSUE_COMMENT, LABELED_EVENT]) {
        nodes {
          ... on IssueComment { id createdAt body author { login } }
          ... on LabeledEvent { id createdAt label { name } actor { login } }
        }
      }
    }
  }
}
"""
VIEWER = "query Viewer { rateLimit { cost limit remaining resetAt } viewer { login } }"
_START = datetime(2000, 1, 1, tzinfo=UTC)
_ASKING = re.compile(r"\bplease,?\s+re-?run\s+(?:the\s+)?bot\b|^\s*bot-rerun\s*$", re.I | re.M)
_QUOTED = re.compile(r"^\s*>.*$|<!--.*?-->|`[^`\n]*`", re.M | re.S)


def login(github: GitHub) -> str:
    """The account of the token."""
    data = github.query(VIEWER, {}).data
    return understood(github, lambda: str(data["viewer"]["login"]))


def marker(key: str) -> str:
    """What tells a comment of ours from the next; readers don't see it."""
    return f"<!-- botsite:{hashlib.sha256(key.encode()).hexdigest()[:16]} -->"


def has_said(github: GitHub, ref: PullRef, marker: str, login: str) -> bool:
    """Whether the account has commented with this marker."""
    return any(
        marker in (node.get("body") or "") and _who(node.get("author")) == login
        for node in _nodes(github, ref, _START)
    )


def requests(github: GitHub, ref: PullRef, since: datetime) -> list[Request]:
    """What anyone asked of the bot since then, oldest first."""
    nodes = _nodes(github, ref, since)
    asked = understood(github, lambda: [each for node in nodes for each in _requests(node)])
    return [each for each in asked if each.at >= since]


def asks_for_rerun(comment: str) -> bool:
    """Whether a comment asks in its own words; quotations and code don't count."""
    return bool(_ASKING.search(_QUOTED.sub("", comment[:10_000])))


def _nodes(github: GitHub, ref: PullRef, since: datetime) -> list[Mapping[str, Any]]:
    owner, _, name = ref.repository.partition("/")
    at = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    variables = {"owner": owner, "name": name, "number": ref.number, "since": at}
    answer = github.query(QUERY, variables)
    pull = (answer.data.get("repository") or {}).get("pullRequest")
    if pull is None:
        raise NO_PULL.error(repository=ref.repository, number=ref.number)
    if answer.errors:
        raise github.no(QUERY_FAILED, problem=answer.errors[0].message[:200])
    return understood(github, partial(_listed, pull))


def _listed(pull: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in pull["timelineItems"]["nodes"] if node]


def _requests(node: Mapping[str, Any]) -> Iterator[Request]:
    at = datetime.fromisoformat(node["createdAt"])
    if "label" in node:
        by = _who(node["actor"])
        if by and node["label"]["name"] == message.RERUN_LABEL:
            yield Request(Wish.RERUN, by, at, "label", node["id"])
    elif (by := _who(node["author"])) and asks_for_rerun(node["body"]):
        yield Request(Wish.RERUN, by, at, "comment", node["id"])


def _who(account: Mapping[str, Any] | None) -> str:
    """Empty for an account that is gone."""
    return str(account["login"]) if account else ""
