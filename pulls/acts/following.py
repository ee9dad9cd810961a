"""What becomes of pull requests on their forges: learning it, closing what nobody needs, and
deleting the branches of what has ended.

Each function deals with the forge of one row that its caller claimed, and may be repeated after a
crash at any point. What it came to is written by its caller alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from core.models import outcome_values
from core.outcomes import Outcome, OutcomeError
from graph.models import Reading
from pulls.acts import budget, rerender, wishes
from pulls.acts.next_act import Act
from pulls.acts.seen import columns_of, ref_of
from pulls.forges import base
from pulls.forges.base import Forge
from pulls.forges.courtesy import politely
from pulls.forges.outcomes import BRANCH_NOT_OURS, STILL_OPEN
from pulls.models import OnForge, PullRequest, State
from pulls.outcomes import REOPENED
from pulls.words import message

SOONEST, LATEST = timedelta(minutes=10), timedelta(days=1)
WAITING = timedelta(hours=1)  # for a newer one to be opened
# A branch stays so long after people closed its pull request: without it nobody can reopen that.
KEPT = timedelta(days=7)


class Followed(NamedTuple):
    """New values of a row's columns, and when its forge is dealt with next.

    Columns of an outcome are among them where people should be told of something that is no
    failure, so that it is not tried again.
    """

    changes: dict[str, Any]
    act_at: datetime | None


def follow(pull: PullRequest, forge: Forge) -> Followed:
    """See what people did to one, and do what they ask for.

    Raises OutcomeError for what looking or acting came to.
    """
    now = timezone.now()
    is_new = pull.looked_at is None  # since it was published as it is now
    seen = forge.look(ref_of(pull), "" if is_new else pull.etag)
    if seen is None:
        return Followed({}, _next_look(pull, now) if pull.state == State.OPEN else None)
    if seen.state is not base.State.OPEN:
        return _decided(pull, seen, now)
    heard = wishes.hear(pull, seen, forge)
    acts = [*(rerender.requests(seen, forge) if is_new else ()), *heard.answers]
    if seconds := _seconds_until_allowed(acts, forge, now):
        return Followed({}, now + timedelta(seconds=seconds))
    changes = {
        **_known(seen, now),
        **outcome_values(politely(*acts)),
        "state": State.OPEN,
        "ended_at": None,
        "heard_at": heard.until,
    }
    if pull.published_at and _is_to_be_remade(pull, seen, forge):
        return Followed({**changes, "published_at": None}, now)
    return Followed(changes, now + pause(now - seen.updated_at))


def close(pull: PullRequest, forge: Forge) -> Followed:
    """Close one that is superseded or no longer needed, and say why; unless somebody works on it.

    One that is superseded stays open until the newer one is open. Raises OutcomeError.
    """
    now = timezone.now()
    seen = forge.look(ref_of(pull), pull.etag)
    if seen is not None and seen.state is not base.State.OPEN:
        return _decided(pull, seen, now)
    known = _known(seen, now) if seen else {}
    later = _next_look(pull, now)
    if pull.ended_at is not None:
        return Followed({**known, **outcome_values(_reopening(pull))}, later)
    if seen is None and pull.outcome_code == BRANCH_NOT_OURS.code:
        return Followed({"outcome_code": pull.outcome_code, "outcome": pull.outcome}, later)
    farewell = _farewell(pull)
    if farewell is None:
        return Followed(known, now + WAITING)
    try:
        closed = forge.close(ref_of(pull), farewell, key=f"{pull.state} {farewell}")
    except OutcomeError as error:
        if error.outcome.code != BRANCH_NOT_OURS.code:
            raise
        return Followed({**known, **outcome_values(error.outcome)}, later)
    if closed.state is base.State.MERGED:  # at this very moment
        return _decided(pull, closed, now)
    return Followed({**_known(closed, now), "ended_at": now}, now)


def delete_branch(pull: PullRequest, forge: Forge) -> Followed:
    """Delete the branch of one that has ended: at once, or if people closed it, after a while in
    which they may reopen it. Raises OutcomeError."""
    now = timezone.now()
    if pull.state == State.CLOSED and pull.ended_at and now < pull.ended_at + KEPT:
        return _keep_branch(pull, forge, pull.ended_at + KEPT)
    try:
        forge.delete_branch(ref_of(pull))
    except OutcomeError as error:
        if error.outcome.code == STILL_OPEN.code:
            return _reopened(pull, now)
        if error.outcome.code == BRANCH_NOT_OURS.code:
            return Followed(outcome_values(error.outcome), None)
        raise
    return Followed({"branch_deleted_at": now}, None)


def pause(age: timedelta) -> timedelta:
    """How long to leave one alone in which nothing happened for so long: a tenth of that."""
    return min(max(age / 10, SOONEST), LATEST)


def _next_look(pull: PullRequest, now: datetime) -> datetime:
    """Where nothing changed since its forge told something."""
    return now + pause(now - (pull.looked_at or pull.opened_at or pull.proposed_at))


def _known(seen: base.Pull, now: datetime) -> dict[str, Any]:
    return {**columns_of(seen), "looked_at": now}


def _seconds_until_allowed(acts: list[Callable[[], None]], forge: Forge, now: datetime) -> float:
    if not acts:
        return 0.0
    return budget.take(budget.account_of(forge.kind, Act.CLOSE), len(acts), now)


def _is_to_be_remade(pull: PullRequest, seen: base.Pull, forge: Forge) -> bool:
    """Whether it is in conflict, and maintainers leave that to the bot."""
    if seen.mergeable is not False:
        return False
    readings = Reading.objects.filter(feedstock=pull.feedstock_id)
    settings = readings.values_list("bot_settings", flat=True).first() or {}
    wanted = settings.get("remake_prs_with_conflicts", True)
    return wanted is not False and forge.is_ours_alone(seen.ref)


def _decided(pull: PullRequest, seen: base.Pull, now: datetime) -> Followed:
    """People merged or closed it; what is left is its branch."""
    merged = seen.state is base.State.MERGED
    changes = {
        **_known(seen, now),
        "state": State.MERGED if merged else State.CLOSED,
        "ended_at": seen.updated_at,
    }
    return Followed(changes, None if pull.branch_deleted_at else now)


def _farewell(pull: PullRequest) -> str | None:
    """Why it is closed; None as long as the feedstock needs another one that isn't open yet."""
    feedstock = pull.feedstock
    if pull.state == State.CLOSED:
        return message.rejected(pull.version)
    if not feedstock.outdated or not feedstock.is_present:
        return message.withdrawn(pull.version, feedstock.version)
    newer = PullRequest.objects.filter(
        feedstock=feedstock,
        version=feedstock.new_version,
        on_forge__in=(OnForge.OPEN, OnForge.MERGED),
    ).exclude(pk=pull.pk)
    found = newer.only("version", "number").first()
    return message.superseded(found.version, found.number) if found else None


def _keep_branch(pull: PullRequest, forge: Forge, until: datetime) -> Followed:
    now = timezone.now()
    seen = forge.look(ref_of(pull), pull.etag)
    if seen is not None and seen.state is base.State.OPEN:
        return _reopened(pull, now)
    if seen is not None and seen.state is base.State.MERGED:
        return _decided(pull, seen, now)
    return Followed(_known(seen, now) if seen else {}, min(until, _next_look(pull, now)))


def _reopened(pull: PullRequest, now: datetime) -> Followed:
    """By people, who have the last word: one that the bot closed it doesn't close again."""
    changes: dict[str, Any] = {"on_forge": OnForge.OPEN, "etag": ""}
    if pull.state in (State.CLOSED, State.MERGED):
        return Followed({**changes, "state": State.OPEN, "ended_at": None}, now)
    return Followed({**changes, **outcome_values(_reopening(pull))}, now + SOONEST)


def _reopening(pull: PullRequest) -> Outcome:
    return REOPENED.outcome(title=pull.title)
