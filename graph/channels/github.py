"""`github:ORG`: the repositories of an organisation or account whose names end in `-feedstock`.

With a token: GraphQL, 100 repositories of the listing in a query, the texts of up to 40 in another.
Without one GitHub allows 60 requests an hour: the listing takes those (100 repositories each), the
recipes come from the archives that people download, some at each reading.

Only feedstocks whose head moved are asked for: each remembers the commit that was read; without a
token, the time of the last push.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core import github as core_github
from graph.channels import github_archives, github_texts
from graph.channels.found import Found, Settled
from graph.channels.outcomes import BAD_OWNER

_OWNER = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def locate(place: str) -> str:
    """GitHub does not tell names in upper and lower case apart."""
    if not _OWNER.fullmatch(place.lower()):
        raise BAD_OWNER.error(owner=place)
    return place.lower()


def suggest_name(place: str) -> str:
    return place


def position(place: str) -> str:
    """Unknown: each feedstock has a head of its own."""
    return ""


def find(place: str, settled: Settled) -> Iterator[Found]:
    github = core_github.github()
    if github.has_token:
        return github_texts.find(github, place, settled)
    return github_archives.find(github, place, settled)
