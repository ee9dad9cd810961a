"""Dealing with forges: what is due, by whom, one row after the other.

A job takes what is due for a minute or so, new pull requests and all else by turns, and is the only
one that writes what came of it. Where an account must wait, nobody asks its forge meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.github import seconds_to_wait
from core.logs import bound
from core.outcomes import OK, OutcomeError
from graph.channels.outcomes import GIT_BUSY
from graph.models import Channel
from pulls.acts import budget, following, holds, leases, publishing
from pulls.acts.following import Followed
from pulls.acts.next_act import ON, Act, next_act
from pulls.forges import can_open, forge_for
from pulls.forges.base import Forge
from pulls.forges.outcomes import BRANCH_NOT_OURS
from pulls.models import TO_PUBLISH, OnForge, PullRequest, PullRequestQuerySet
from pulls.outcomes import ACCOUNT_WAITS

SECONDS = 55.0  # after which no further one is begun; the next job is queued within a minute
NAP = 2.0
BUSY_SECONDS = 20.0  # another worker has the repository
LONGEST_WAIT = 86_400.0  # seconds, whatever a forge says

ACTS: dict[Act, Callable[[PullRequest, Forge], Followed]] = {
    Act.PUBLISH: publishing.publish,
    Act.CLOSE: following.close,
    Act.DELETE: following.delete_branch,
    Act.FOLLOW: following.follow,
}
Progress = Callable[[int, int, str], None]


def is_due() -> bool:
    """Whether there is anything to do, and it may be done."""
    return settings.PULLS == ON and leases.due(timezone.now(), kinds()).exists()


def kinds() -> list[str]:
    """The kinds of channels whose forges can be dealt with."""
    known = Channel.objects.order_by().values_list("kind", flat=True).distinct()
    return [kind for kind in known if can_open(kind)]


def tend(progress: Progress) -> dict[str, int]:
    """Deal with what is due; returns how often each act ended with each outcome."""
    if settings.PULLS != ON:
        return {}
    round_, until = Round(), monotonic() + SECONDS
    leases.give_up_deadly(timezone.now())
    while monotonic() < until and not holds.pause():
        done = round_.counts.total()
        progress(done, done + 1, round_.last)
        if round_.step():
            continue
        wait = round_.wait()
        if wait is None or monotonic() + wait > until:
            break
        sleep(min(max(wait, 0.05), NAP))
    return dict(round_.counts)


class Round:
    """The dealings of one job, with a forge for each kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.last = ""
        self._kinds = kinds()
        self._forges: dict[str, Forge] = {}
        self._publishes = False

    def step(self) -> bool:
        """Deal with the next one; False if there is none now."""
        self._publishes = not self._publishes
        for publishes in (self._publishes, not self._publishes):
            now = timezone.now()
            if pull := leases.claim(self._due(publishes), now):
                self.last = pull.title
                with bound(package=pull.feedstock.key):
                    self._deal(pull)
                return True
        return False

    def wait(self) -> float | None:
        """Seconds until an account that is wanted may do something; None if none is."""
        kinds = leases.due(timezone.now(), self._kinds).to_publish()
        wanted = set(kinds.values_list("feedstock__channel__kind", flat=True).distinct())
        return min(map(self._wait, wanted), default=None)

    def _due(self, publishes: bool) -> PullRequestQuerySet:
        now = timezone.now()
        if not publishes:
            return leases.due(now, self._kinds).exclude(TO_PUBLISH).order_by("act_at", "pk")
        able = [kind for kind in self._kinds if not self._wait(kind)]
        return leases.due(now, able).to_publish().in_line()

    def _wait(self, kind: str) -> float:
        account = budget.account_of(kind, Act.PUBLISH)
        return budget.wait(account, budget.COSTS[Act.PUBLISH], timezone.now())

    def _deal(self, pull: PullRequest) -> None:
        act, now = next_act(pull, settings.PULLS), timezone.now()
        held = holds.hold(pull, now) if act is Act.PUBLISH else None
        if act is Act.NOTHING:
            leases.settle(pull, _last_outcome(pull), None)
        elif held is None:
            self._do(act, pull)
        elif pull.on_forge == OnForge.OPEN:
            # It may not be updated, but is followed; what it wants at once has to wait.
            self._do(Act.FOLLOW, pull, not_before=now + holds.SOON)
        else:
            leases.put_off(pull, held.outcome, now + held.wait)
            self._count(act, held.outcome.code)

    def _do(self, act: Act, pull: PullRequest, not_before: datetime | None = None) -> None:
        kind, now = pull.feedstock.channel.kind, timezone.now()
        account = budget.account_of(kind, act)
        if seconds := budget.take(account, budget.COSTS.get(act, 0), now):
            return self._put_off(act, pull, seconds)
        try:
            done = ACTS[act](pull, self._forge(kind))
        except OutcomeError as error:
            return self._fail(act, pull, account, error)
        changes = {**done.changes, **(_last_outcome(pull) if _is_still_theirs(act, pull) else {})}
        act_at = max(done.act_at, not_before or done.act_at) if done.act_at else None
        leases.settle(pull, changes, act_at)
        return self._count(act, changes.get("outcome_code", OK.code))

    def _fail(self, act: Act, pull: PullRequest, account: str, error: OutcomeError) -> None:
        now, outcome = timezone.now(), error.outcome
        seconds = BUSY_SECONDS if outcome.code == GIT_BUSY.code else seconds_to_wait(error)
        if seconds:
            until = now + timedelta(seconds=min(seconds, LONGEST_WAIT))
            budget.block(account, until, outcome.message, now)
            leases.put_off(pull, outcome, until)
        else:
            leases.fail(pull, outcome, now, goes_on=act is Act.FOLLOW)
        self._count(act, outcome.code)

    def _put_off(self, act: Act, pull: PullRequest, seconds: float) -> None:
        until = timezone.now() + timedelta(seconds=seconds)
        outcome = ACCOUNT_WAITS.outcome(title=pull.title, until=f"{until:%H:%M} UTC")
        leases.put_off(pull, outcome if act is Act.PUBLISH else None, until)
        self._count(act, outcome.code)

    def _forge(self, kind: str) -> Forge:
        if kind not in self._forges:
            self._forges[kind] = forge_for(kind)
        return self._forges[kind]

    def _count(self, act: Act, code: str) -> None:
        self.counts[f"{act} {code}"] += 1


def _is_still_theirs(act: Act, pull: PullRequest) -> bool:
    """That somebody works on the branch is told as long as there is nothing new to publish."""
    return act is Act.FOLLOW and pull.outcome_code == BRANCH_NOT_OURS.code


def _last_outcome(pull: PullRequest) -> dict[str, Any]:
    return {"outcome_code": pull.outcome_code, "outcome": pull.outcome}
