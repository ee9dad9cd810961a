"""Who deals with which proposal on its forge, and when it is dealt with again.

A row is claimed by a compare-and-swap `update()` that puts a token on it; whoever no longer finds
the token there has lost it. Others may want the row dealt with while it is in hand (its words are
made anew, a webhook tells of it): they set `act_at`, and what the holder would write there is
dropped then. The same goes for `state`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import Case, F, Field, Q, Value, When

from core.models import outcome_values
from core.outcomes import OK, Outcome
from pulls.forges.outcomes import BRANCH_NOT_OURS
from pulls.making import attempts
from pulls.models import MOST_TRIES, PullRequest, PullRequestQuerySet
from pulls.outcomes import WORKERS_LOST

AHEAD = 20  # rows that are tried for, should other workers take the first ones


def due(now: datetime, kinds: Collection[str]) -> PullRequestQuerySet:
    """Those to be dealt with now, on forges of these kinds, that nobody has in hand."""
    return PullRequest.objects.filter(
        free(now), act_at__lte=now, feedstock__channel__kind__in=kinds
    )


def claim(rows: PullRequestQuerySet, now: datetime) -> PullRequest | None:
    """The first of these rows that is to be had.

    Its try is counted before its work begins, so that one that kills its worker counts, too.
    """
    for pk in list(rows.values_list("pk", flat=True)[:AHEAD]):
        token = uuid.uuid4().hex
        taken = PullRequest.objects.filter(free(now), pk=pk, act_at__lte=now).update(
            lease_token=token,
            lease_until=now + timedelta(seconds=settings.PULLS_LEASE_SECONDS),
            tries=F("tries") + 1,
        )
        if taken:
            return PullRequest.objects.select_related("feedstock__channel").get(pk=pk)
    return None


def settle(pull: PullRequest, changes: Mapping[str, Any], act_at: datetime | None) -> bool:
    """Write down what was done; False if somebody else has the row by now. The outcome is ok unless
    the changes have another."""
    return _write(pull, 0, act_at, {**outcome_values(OK), **changes})


def put_off(pull: PullRequest, outcome: Outcome | None, act_at: datetime) -> bool:
    """Have it dealt with later: nothing was tried, or it failed for no reason of its own. Without
    an outcome, the last one stays."""
    return _write(pull, pull.tries - 1, act_at, outcome_values(outcome) if outcome else {})


def fail(pull: PullRequest, outcome: Outcome, now: datetime, *, goes_on: bool = False) -> bool:
    """A try failed. Unless it `goes_on`, nothing is done after the last one until something happens
    to the row, or a person has it tried again."""
    is_last = pull.tries >= MOST_TRIES and not goes_on
    again = None if is_last else now + attempts.pause(pull.tries)
    return _write(pull, pull.tries, again, outcome_values(outcome))


def give_up_deadly(now: datetime) -> int:
    """Rows in whose hands workers died as often as one may try; returns how many."""
    dead = PullRequest.objects.filter(
        act_at__isnull=False, lease_until__lte=now, tries__gte=MOST_TRIES
    ).exclude(lease_token="")
    outcome = WORKERS_LOST.outcome(tries=MOST_TRIES)
    return dead.update(act_at=None, lease_token="", lease_until=None, **outcome_values(outcome))


def let_go(rows: PullRequestQuerySet) -> int:
    """Take rows out of hands that can't be there any more."""
    return rows.update(lease_token="", lease_until=None)


def try_again(rows: PullRequestQuerySet, now: datetime) -> int:
    """Have them dealt with at once, and forget how it failed; returns how many."""
    rows.filter(outcome_code=BRANCH_NOT_OURS.code).update(published_at=None)
    return rows.update(tries=0, outcome_code="", outcome={}, act_at=now)


def free(now: datetime) -> Q:
    """Of a row, a proposal's or a try's: it is in nobody's hands."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def _write(
    pull: PullRequest, tries: int, act_at: datetime | None, values: Mapping[str, Any]
) -> bool:
    columns = {**values, "act_at": act_at}
    for name in ("state", "act_at"):
        if name in columns:
            columns[name] = _unless_changed(pull, name, columns[name])
    mine = PullRequest.objects.filter(pk=pull.pk, lease_token=pull.lease_token)
    return bool(mine.update(tries=max(tries, 0), lease_token="", lease_until=None, **columns))


def _unless_changed(pull: PullRequest, name: str, value: object) -> Case:
    """What others wrote since the row was claimed stays."""
    field = cast("Field[Any, Any]", PullRequest._meta.get_field(name))
    same = When(**{name: getattr(pull, name)}, then=Value(value, output_field=field))
    return Case(same, default=F(name), output_field=field)
