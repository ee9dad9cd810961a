"""`github:` with a token: listing and texts by GraphQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core.github import Answer, GitHub, QueryError, in_batches
from core.github.answers import understood
from core.github.outcomes import BAD_ANSWER, NO_OWNER, QUERY_FAILED
from core.outcomes import Outcome
from graph.channels.found import Found, Home, Settled
from graph.channels.github_repositories import (
    RECIPES,
    SETTINGS,
    VARIANTS,
    Repository,
    is_variant,
    recipe_from,
)
from graph.channels.outcomes import HALF_ANSWERED, NO_TEXT
from graph.outcomes import NOT_FOUND, TOO_LARGE
from graph.recipes.model import RecipeText
from graph.recipes.text import MAX_BYTES

LISTING = """
query Listing($owner: String!, $after: String) {
  rateLimit { cost limit remaining resetAt }
  repositoryOwner(login: $owner) {
    repositories(
      first: 100, after: $after, ownerAffiliations: [OWNER]
      orderBy: {field: NAME, direction: ASC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes { id name url isArchived defaultBranchRef { name target { oid } } }
    }
  }
}
"""
TEXTS = """
query Texts($ids: [ID!]!) {
  rateLimit { cost limit remaining resetAt }
  nodes(ids: $ids) {
    ... on Repository {
      id
      defaultBranchRef { target { oid } }
      v0: object(expression: "HEAD:recipe/meta.yaml") { ...File }
      v1: object(expression: "HEAD:recipe/recipe.yaml") { ...File }
      settings: object(expression: "HEAD:conda-forge.yml") { ...File }
      variants: object(expression: "HEAD:.ci_support") {
        ... on Tree { entries { name object { ...File } } }
      }
    }
  }
}
fragment File on GitObject { ... on Blob { text byteSize isTruncated } }
"""

MAX_PAGES = 1_000


def find(github: GitHub, owner: str, settled: Settled) -> Iterator[Found]:
    """Page by page, so that what was read stays read when the budget ends before the listing."""
    for page in _pages(github, owner):
        feedstocks = [repository for repository in page if repository.is_feedstock]
        moved = []
        for repository in feedstocks:
            if repository.is_settled(settled):
                yield repository.unchanged(settled)
            elif repository.head:
                moved.append(repository)
            else:
                yield repository.found(NOT_FOUND.outcome(file=RECIPES[0]))
        for batch, answer in in_batches(moved, lambda some: _ask(github, some)):
            yield from _found(github, batch, answer)


def _pages(github: GitHub, owner: str) -> Iterator[list[Repository]]:
    after = None
    for _ in range(MAX_PAGES):
        answer = github.query(LISTING, {"owner": owner, "after": after})
        if any(error.type != "NOT_FOUND" for error in answer.errors):
            # Half a listing would make the other half look gone.
            raise github.no(QUERY_FAILED, problem=answer.errors[0].message[:200])
        if answer.data.get("repositoryOwner") is None:
            raise github.no(NO_OWNER, owner=owner)
        page, after = understood(github, partial(_page, answer.data))
        yield page
        if after is None:
            return
    raise github.no(BAD_ANSWER, problem=f"a listing of more than {MAX_PAGES} pages")


def _page(data: Mapping[str, Any]) -> tuple[list[Repository], str | None]:
    """The repositories, and where the next page begins."""
    connection = data["repositoryOwner"]["repositories"]
    info = connection["pageInfo"]
    after = str(info["endCursor"]) if info["hasNextPage"] else None
    return [_repository(node) for node in connection["nodes"]], after


def _repository(node: Mapping[str, Any]) -> Repository:
    branch = node["defaultBranchRef"] or {"name": "", "target": {"oid": ""}}
    home = Home(node["url"][:500], branch["name"][:200], bool(node["isArchived"]))
    return Repository(node["name"], branch["target"]["oid"][:64], home, node["id"])


def _ask(github: GitHub, repositories: Sequence[Repository]) -> Answer:
    return github.query(TEXTS, {"ids": [each.id for each in repositories]})


def _found(
    github: GitHub, batch: Sequence[Repository], answer: Answer | Outcome
) -> Iterator[Found]:
    """What an answer says of each repository that it was asked for, in their order."""
    if isinstance(answer, Outcome):
        yield from (repository.found(answer) for repository in batch)
        return
    nodes = answer.data.get("nodes") or [None] * len(batch)
    problems = _problems(answer.errors)
    for number, (repository, node) in enumerate(zip(batch, nodes, strict=True)):
        if (problem := problems.get(number)) or node is None:
            problem = problem or "it is no longer there"
            outcome = HALF_ANSWERED.outcome(name=repository.name, problem=problem)
            yield repository.found(outcome)
        else:
            yield understood(github, partial(_read, repository, node))


def _problems(errors: Sequence[QueryError]) -> dict[int, str]:
    """By the number of the repository; one error spoils all of what is said of it."""
    return {
        error.path[1]: error.message[:200] or error.type
        for error in errors
        if len(error.path) > 1 and error.path[0] == "nodes" and isinstance(error.path[1], int)
    }


def _read(repository: Repository, node: Mapping[str, Any]) -> Found:
    """The head may have moved on since the listing; the texts are those of this one."""
    head = node["defaultBranchRef"]["target"]["oid"]
    return replace(repository, head=head).found(_recipe(node))


def _recipe(node: Mapping[str, Any]) -> RecipeText | Outcome:
    blobs = dict(zip((*RECIPES, SETTINGS), (node["v0"], node["v1"], node["settings"]), strict=True))
    entries = (node["variants"] or {}).get("entries") or []
    blobs |= {path: entry["object"] for entry in entries if is_variant(path := _path(entry))}
    files: dict[str, bytes] = {}
    for path, blob in blobs.items():
        if blob:  # else there is none, or it is a directory
            if blob["text"] is None or blob["isTruncated"]:
                return _no_text(path, blob["byteSize"])
            files[path] = blob["text"].encode("utf-8", "replace")
    return recipe_from(files)


def _path(entry: Mapping[str, Any]) -> str:
    return f"{VARIANTS}/{entry['name']}"


def _no_text(path: str, size: int) -> Outcome:
    if size > MAX_BYTES:
        return TOO_LARGE.outcome(file=path, line=1, size=size, limit=MAX_BYTES)
    return NO_TEXT.outcome(file=path, line=1, path=path)
