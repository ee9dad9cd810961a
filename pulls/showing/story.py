"""What happened to a proposal, moment by moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import Override
from pulls import decisions
from pulls.acts import rejections
from pulls.models import PullRequest, State

AT_ONCE = timedelta(seconds=5)  # two columns that were written together

_DECIDED = {
    rejections.KIND: "decided that this version is not proposed",
    decisions.HASTEN: "had it opened before all that it would wait for",
    decisions.RETRY: "had it tried again",
    decisions.CLOSE: "had the bot close it",
}
_ENDED = {
    State.MERGED: "Merged",
    State.CLOSED: "Closed",
    State.SUPERSEDED: "Closed, as a newer version is proposed",
    State.WITHDRAWN: "Closed, as nobody needs it any more",
}


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    words: str
    reason: str = ""


def story(pull: PullRequest, decided: Iterable[Override]) -> list[Event]:
    """The last first. One query, for what people asked for beside it."""
    return sorted(_events(pull, decided), key=lambda each: each.at, reverse=True)


def decisions_on(pull: PullRequest) -> list[Override]:
    """All that people decided about it, in force or not; the last first."""
    kinds = (rejections.KIND, *decisions.KINDS)
    rows = Override.objects.filter(target=pull.feedstock.key, kind__in=kinds)
    # Whether it is the same version is for Python to say: the newest hundred are enough of them.
    return [
        row
        for row in rows.order_by("-created_at")[:100]
        if rejections.is_of(row, pull.version) or row.value.get("version") == pull.version
    ]


def _events(pull: PullRequest, decided: Iterable[Override]) -> Iterator[Event]:
    yield Event(pull.proposed_at, "Proposed here")
    if pull.made_at - pull.proposed_at > AT_ONCE:
        yield Event(pull.made_at, "Made anew")
    if pull.opened_at:
        yield Event(pull.opened_at, f"Opened as {pull.mark}" if pull.mark else "Opened")
    if pull.ended_at:
        yield Event(pull.ended_at, _ENDED.get(State(pull.state), "Closed"))
    if pull.branch_deleted_at:
        yield Event(pull.branch_deleted_at, "Branch deleted")
    for row in decided:
        yield Event(row.created_at, f"{row.author_name} {_DECIDED[row.kind]}", row.reason)
        if row.ended_at and row.kind == rejections.KIND:
            yield Event(row.ended_at, f"{row.ended_by} ended the decision against this version")
    if pull.opened_at:
        for heard in pull.heard.all():
            yield Event(heard.at, f"{heard.by} asked on the forge: {heard.wish}")
