"""What the bot's accounts may still write, and which proposals go out next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count

from pulls.acts import budget
from pulls.acts.budget import Left
from pulls.acts.holds import Hold, hold_each
from pulls.acts.next_act import ON, Act
from pulls.forges import can_open
from pulls.models import Account, PullRequest, PullRequestQuerySet

SHOWN = 50


@dataclass(frozen=True, slots=True)
class AccountNow:
    """An account at a moment. `free_at` is when it may write again, None for at once."""

    row: Account
    left: Left
    free_at: datetime | None

    @property
    def writes(self) -> bool:
        """One that only reads has no budget of ours; its forge may still ask it to wait."""
        return not self.row.name.endswith(budget.READING)


@dataclass(frozen=True, slots=True)
class Next:
    pull: PullRequest
    hold: Hold | None


def accounts(now: datetime) -> list[AccountNow]:
    return [_account(row, now) for row in Account.objects.order_by("name")]


class Line:
    """What is to go out to its forge, in its order; in a dry run, what would.

    `count` is how many; `stranded` how many more can go nowhere for want of an account, by the kind
    of their channel; `first` are the next ones, each with what holds it back.
    """

    def __init__(self, now: datetime) -> None:
        rows = PullRequest.objects.to_publish().filter(act_at__isnull=False)
        by_kind = rows.order_by().values_list("feedstock__channel__kind").annotate(Count("pk"))
        counts = dict(by_kind)
        able = [kind for kind in counts if settings.PULLS != ON or can_open(kind)]
        self.stranded = {kind: count for kind, count in counts.items() if kind not in able}
        self.count = sum(counts[kind] for kind in able)
        self.first = _next_ones(rows.filter(feedstock__channel__kind__in=able), now)


def _next_ones(rows: PullRequestQuerySet, now: datetime) -> list[Next]:
    shown = list(rows.listed().in_line()[:SHOWN])
    held = hold_each(shown, now)
    return [Next(pull, held.get(pull.pk)) for pull in shown]


def _account(row: Account, now: datetime) -> AccountNow:
    left = budget.left(row, now)
    seconds = left.wait(budget.COSTS[Act.PUBLISH])
    return AccountNow(row, left, now + timedelta(seconds=seconds) if seconds else None)
