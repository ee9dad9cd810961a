"""What `pulls` can say to "why is there no pull request?"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.conditions import Condition, State
from core.outcomes import Outcome, OutcomeKind
from graph.models import Feedstock
from pulls import outcomes
from pulls.acts import budget, holds
from pulls.acts.next_act import ON, Act
from pulls.forges import can_open
from pulls.forges.outcomes import NO_FORGE
from pulls.models import DECIDED, STANDING, Attempt, OnForge, PullRequest
from pulls.models import State as PullState
from pulls.outcomes import IN_HAND, NOT_YET_TRIED, NOTHING_TO_PROPOSE
from pulls.showing.latest import Latest, latest

PULL_REQUEST = "pull request"


def conditions(key: str) -> list[Condition]:
    found = Feedstock.objects.select_related("channel").filter(key=key)
    feedstock = found.first()
    return conditions_of(feedstock, key, latest(feedstock) if feedstock else None)


def conditions_of(feedstock: Feedstock | None, key: str, known: Latest | None) -> list[Condition]:
    """The same for what is at hand: what becomes of its newest version."""
    if feedstock is None or known is None or not feedstock.outdated or not feedstock.is_present:
        name = feedstock.name if feedstock else key
        return [_condition(State.WAITING, NOTHING_TO_PROPOSE.outcome(name=name))]
    if known.pull and _stands(known.pull, feedstock):
        return [of_proposal(known.pull, timezone.now())]
    return [_of_attempt(known.attempt, feedstock)]


def _stands(pull: PullRequest, feedstock: Feedstock) -> bool:
    """Whether it says more than the try to make it: one that is made anew says nothing yet, unless
    it is open."""
    is_current = pull.state in STANDING and pull.base_hash == feedstock.content_hash
    return pull.state in DECIDED or pull.on_forge == OnForge.OPEN or is_current


def _of_attempt(attempt: Attempt | None, feedstock: Feedstock) -> Condition:
    if attempt is None or attempt.base_hash != feedstock.content_hash:
        return _condition(State.WAITING, _told(feedstock, NOT_YET_TRIED))
    times = {"checked_at": attempt.finished_at, "next_try_at": attempt.next_try_at}
    outcome = attempt.get_outcome()
    if attempt.finished_at is None:
        alive = attempt.lease_until and attempt.lease_until > timezone.now()
        state, outcome = State.WAITING, _told(feedstock, IN_HAND if alive else NOT_YET_TRIED)
    elif outcome is None or outcome.ok:
        state, outcome = State.WAITING, _told(feedstock, NOT_YET_TRIED)
    else:
        state = State.WAITING if attempt.next_try_at else State.FAILED
    evidence = {"tries": attempt.number, "line": outcome.line}
    return _condition(state, outcome, evidence, **times)


def of_proposal(pull: PullRequest, now: datetime) -> Condition:
    """What becomes of one, whether its version is the newest or not."""
    if pull.state == PullState.CLOSED and (rejected := holds.rejection(pull)):
        return _condition(State.FAILED, rejected, {"url": pull.url} if pull.url else {})
    if pull.state in DECIDED or pull.on_forge == OnForge.OPEN:
        return _on_its_forge(pull, now)
    state, outcome = _held_back(pull, now)
    evidence = {"tries": pull.tries} if pull.tries else {}
    goes_out = settings.PULLS == ON and can_open(pull.feedstock.channel.kind)
    return _condition(
        state,
        outcome,
        evidence,
        checked_at=pull.looked_at or pull.made_at,
        next_try_at=pull.act_at if goes_out else None,
    )


def _on_its_forge(pull: PullRequest, now: datetime) -> Condition:
    where = pull.url or f"the branch {pull.branch}"
    state, kind = {
        PullState.MERGED: (State.WAITING, outcomes.MERGED),
        PullState.CLOSED: (State.FAILED, outcomes.CLOSED),
    }.get(PullState(pull.state), (State.PASSED, outcomes.OPENED))
    last = pull.get_outcome()
    evidence = {
        "url": pull.url,
        "number": pull.number,
        "age_days": (now - pull.opened_at).days if pull.opened_at else 0,
        "mergeable": pull.mergeable,
        **({} if last is None or last.ok else {"remark": last.message}),
    }
    outcome = kind.outcome(title=pull.title, where=where)
    return _condition(state, outcome, evidence, checked_at=pull.looked_at, next_try_at=pull.act_at)


def _held_back(pull: PullRequest, now: datetime) -> tuple[State, Outcome]:
    """Why it is not open, beginning with what nothing but an operator can change. What a worker
    found is told until it looks again; before, it is looked for here."""
    kind = pull.feedstock.channel.kind
    if settings.PULLS != ON:
        return State.WAITING, outcomes.DRY_RUN.outcome(title=pull.title)
    if not can_open(kind):
        missing = NO_FORGE if kind != "github" else outcomes.NO_TOKEN
        return State.FAILED, missing.outcome(kind=kind, title=pull.title)
    last = pull.get_outcome()
    if last and not last.ok:
        return State.WAITING if pull.act_at else State.FAILED, last
    if held := holds.hold(pull, now):
        return State.WAITING, held.outcome
    seconds = budget.wait(budget.account_of(kind, Act.PUBLISH), budget.COSTS[Act.PUBLISH], now)
    if seconds:
        until = now + timedelta(seconds=seconds)
        waits = outcomes.ACCOUNT_WAITS.outcome(title=pull.title, until=f"{until:%H:%M} UTC")
        return State.WAITING, waits
    return State.WAITING, outcomes.NOT_YET_OPENED.outcome(title=pull.title)


def _told(feedstock: Feedstock, kind: OutcomeKind) -> Outcome:
    return kind.outcome(name=feedstock.name, version=feedstock.new_version)


def _condition(
    state: State,
    outcome: Outcome,
    evidence: dict[str, Any] | None = None,
    *,
    checked_at: datetime | None = None,
    next_try_at: datetime | None = None,
) -> Condition:
    return Condition(
        PULL_REQUEST,
        outcome.code,
        state,
        outcome.message,
        evidence or {},
        checked_at=checked_at,
        next_try_at=next_try_at,
        action=outcome.next,
    )
