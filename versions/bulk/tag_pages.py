"""Pages of tags of many repositories, in one query of GitHub's GraphQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.github import Answer, GitHub
from core.github.outcomes import QUERY_FAILED

_MISSING = "NOT_FOUND"
_PAGE = """
  r{0}: repository(owner: $owner{0}, name: $name{0}) {{
    refs(
      refPrefix: "refs/tags/", first: 100, after: $after{0}
      orderBy: {{field: TAG_COMMIT_DATE, direction: DESC}}
    ) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ name }} }}
  }}"""
_VARIABLES = "$owner{0}: String!, $name{0}: String!, $after{0}: String"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a repository, OWNER/NAME, that begins behind a cursor; at the newest tag if that is
    None."""

    repository: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class TagPage:
    """Up to a hundred tags, newest first, and how many there are in all."""

    names: tuple[str, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Absent:
    """GitHub knows no such repository, or does not say so."""


def ask(github: GitHub, places: Sequence[Place]) -> Answer:
    """Raises as `GitHub.query()`: `github.query_failed` too if most of the answer is missing, as a
    smaller query may fare better."""
    variables: dict[str, Any] = {}
    for number, place in enumerate(places):
        owner, _, name = place.repository.partition("/")
        variables |= {f"owner{number}": owner, f"name{number}": name}
        variables[f"after{number}"] = place.after
    answer = github.query(query_for(len(places)), variables)
    failed = [error for error in answer.errors if error.type != _MISSING]
    if 2 * len(failed) > len(places):
        raise github.no(QUERY_FAILED, problem=failed[0].message[:200])
    return answer


@cache
def query_for(count: int) -> str:
    """One text for each number of repositories."""
    variables = ", ".join(_VARIABLES.format(number) for number in range(count))
    pages = "".join(_PAGE.format(number) for number in range(count))
    return (
        f"query Tags({variables}) {{\n  rateLimit {{ cost limit remaining resetAt }}{pages}\n}}\n"
    )


def pages_of(
    answer: Answer, places: Sequence[Place]
) -> Iterator[tuple[Place, TagPage | Absent | None]]:
    """What was answered for each place; None if that is missing, marred, or not understood."""
    marred = {error.path[0]: error.type for error in answer.errors if error.path}
    for number, place in enumerate(places):
        alias = f"r{number}"
        if alias in marred:
            yield place, Absent() if marred[alias] == _MISSING else None
        else:
            yield place, _read(answer.data.get(alias))


def _read(repository: Mapping[str, Any] | None) -> TagPage | None:
    try:
        refs = repository["refs"]  # type: ignore[index]  # None is what this is about
        info = refs["pageInfo"]
        names = tuple(str(node["name"]) for node in refs["nodes"])
        "".join(names).encode()  # raises UnicodeEncodeError for what is no text
        after = str(info["endCursor"]) if info["hasNextPage"] else None
        return TagPage(names, int(refs["totalCount"]), after)
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
