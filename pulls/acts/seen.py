"""A pull request as its forge has it, and as a row has it."""

from __future__ import annotations

from typing import Any

from pulls.forges.base import Pull, PullRef
from pulls.models import PullRequest
from pulls.words.neutral import printable

_LONGEST_ETAG, _LONGEST_LABEL = 200, 100


def ref_of(pull: PullRequest) -> PullRef:
    return PullRef(pull.repository, pull.number, pull.branch, pull.head_repository, pull.base)


def columns_of(seen: Pull) -> dict[str, Any]:
    """What its forge tells. What that means for the proposal is for others to say."""
    return {
        "repository": seen.ref.repository,
        "head_repository": seen.ref.head_repository,
        "number": seen.ref.number,
        "url": seen.url,
        "head_sha": seen.head_sha,
        "on_forge": seen.state.value,
        "labels": [printable(label)[:_LONGEST_LABEL] for label in seen.labels],
        "mergeable": seen.mergeable,
        "etag": seen.etag if len(seen.etag) <= _LONGEST_ETAG else "",
    }
