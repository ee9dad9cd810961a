"""What `pulls` can say to "why is there no pull request?"."""

from __future__ import annotations

from django.utils import timezone

from core.conditions import Condition, State
from core.outcomes import Outcome, OutcomeKind
from graph.models import Feedstock
from pulls.models import Attempt, PullRequest
from pulls.outcomes import DRY_RUN, IN_HAND, NOT_YET_TRIED, NOTHING_TO_PROPOSE

PULL_REQUEST = "pull request"


def conditions(key: str) -> list[Condition]:
    return conditions_of(Feedstock.objects.filter(key=key).first(), key)


def conditions_of(feedstock: Feedstock | None, key: str) -> list[Condition]:
    """The same for a row that is at hand: what becomes of its newest version."""
    if feedstock is None or not feedstock.outdated or not feedstock.is_present:
        name = feedstock.name if feedstock else key
        return [_condition(State.WAITING, NOTHING_TO_PROPOSE.outcome(name=name))]
    attempt = feedstock.attempts.filter(version=feedstock.new_version).first()
    if attempt is None or attempt.base_hash != feedstock.content_hash:
        return [_condition(State.WAITING, _told(feedstock, NOT_YET_TRIED))]
    if attempt.finished_at is None:
        alive = attempt.lease_until and attempt.lease_until > timezone.now()
        kind = IN_HAND if alive else NOT_YET_TRIED
        return [_condition(State.WAITING, _told(feedstock, kind), attempt)]
    outcome = attempt.get_outcome()
    if outcome and not outcome.ok:
        state = State.WAITING if attempt.next_try_at else State.FAILED
        return [_condition(state, outcome, attempt)]
    return [_ready(feedstock, attempt)]


def _ready(feedstock: Feedstock, attempt: Attempt) -> Condition:
    proposal = PullRequest.objects.filter(feedstock=feedstock, version=feedstock.new_version).only(
        "title"
    )
    found = proposal.first()
    if found is None:
        return _condition(State.WAITING, _told(feedstock, NOT_YET_TRIED), attempt)
    return _condition(State.WAITING, DRY_RUN.outcome(title=found.title), attempt)


def _told(feedstock: Feedstock, kind: OutcomeKind) -> Outcome:
    return kind.outcome(name=feedstock.name, version=feedstock.new_version)


def _condition(state: State, outcome: Outcome, attempt: Attempt | None = None) -> Condition:
    return Condition(
        PULL_REQUEST,
        outcome.code,
        state,
        outcome.message,
        {"tries": attempt.number, "line": outcome.line} if attempt else {},
        checked_at=attempt.finished_at if attempt else None,
        next_try_at=attempt.next_try_at if attempt else None,
        action=outcome.next,
    )
