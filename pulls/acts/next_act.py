"""What is to be done with a proposal on its forge: it follows from the row alone. Pure."""

from __future__ import annotations

from enum import StrEnum

from pulls.models import STANDING, OnForge, PullRequest, State

ON = "open"  # the value of BOTSITE_PULLS with which anything is done at all


class Act(StrEnum):
    PUBLISH = "publish"
    CLOSE = "close"
    DELETE = "delete"
    FOLLOW = "follow"
    NOTHING = "nothing"


def next_act(pull: PullRequest, mode: str) -> Act:
    """`mode` is BOTSITE_PULLS. One that people closed has something to follow if its forge says
    that something happened to it: they may have reopened it."""
    if mode != ON:
        return Act.NOTHING
    if pull.state in STANDING and pull.published_at != pull.made_at:
        return Act.PUBLISH
    if pull.state not in STANDING and pull.on_forge == OnForge.OPEN:
        return Act.CLOSE
    if _has_branch(pull) and pull.on_forge in (OnForge.MERGED, OnForge.CLOSED):
        return Act.DELETE
    if pull.repository and pull.state in (State.OPEN, State.CLOSED):
        return Act.FOLLOW
    return Act.NOTHING


def _has_branch(pull: PullRequest) -> bool:
    return bool(pull.head_repository) and pull.branch_deleted_at is None
