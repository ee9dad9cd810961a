"""What an account may still write on its forge, as all workers know it: buckets in the database.

GitHub allows an account 80 requests a minute that create content, and 500 an hour, and doesn't say
which those are. So each that makes or changes anything counts. Ours are less, see
BOTSITE_PULLS_PER_MINUTE and BOTSITE_PULLS_PER_HOUR. A quarter of each may be spent at once; the
rest comes evenly, so that in no minute, wherever it begins, more than that is sent. Taken by
compare-and-swap: `spent` only grows, so it tells whether a row is as read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from pulls.acts.next_act import Act
from pulls.models import Account

READING = " (reading)"  # ends the name of an account that opens nothing
# Fork, tree, commit, branch, pull request; the comment that says why, and the closing.
COSTS = {Act.PUBLISH: 5, Act.CLOSE: 2}
SENDING = 15.0  # seconds from the taking to the last request; the waiting for a fork is the most


@dataclass(frozen=True, slots=True)
class Bucket:
    """At most `most` in any so many `seconds`."""

    most: int
    seconds: float

    @property
    def size(self) -> int:
        return max(1, self.most // 4)

    @property
    def rate(self) -> float:
        """A second. What was taken shortly before a minute may be sent in it."""
        return max(self.most - self.size, 1) / (self.seconds + SENDING)

    def level(self, before: float, elapsed: float) -> float:
        return min(float(self.size), before + max(0.0, elapsed) * self.rate)

    def wait(self, level: float, cost: int) -> float:
        """Seconds until so much can be taken."""
        return max(0.0, (min(cost, self.size) - level) / self.rate)


@dataclass(frozen=True, slots=True)
class Left:
    """What is in an account's buckets at a moment, and the seconds that it is left alone."""

    minute: float
    hour: float
    blocked_s: float = 0.0

    def wait(self, cost: int) -> float:
        minute, hour = buckets()
        return max(self.blocked_s, minute.wait(self.minute, cost), hour.wait(self.hour, cost))


def buckets() -> tuple[Bucket, Bucket]:
    """That of a minute, that of an hour."""
    return Bucket(settings.PULLS_PER_MINUTE, 60.0), Bucket(settings.PULLS_PER_HOUR, 3600.0)


def account_of(kind: str, act: Act) -> str:
    """The account that an act on a forge of this kind is done by; none for those without limits."""
    if kind != "github":
        return ""
    reads = act is Act.FOLLOW and settings.GITHUB_TOKEN
    return f"{kind} {settings.GITHUB_API}" + (READING if reads else "")


def left(row: Account, now: datetime) -> Left:
    minute, hour = buckets()
    elapsed = (now - row.counted_at).total_seconds()
    blocked = (row.blocked_until - now).total_seconds() if row.blocked_until else 0.0
    return Left(minute.level(row.minute, elapsed), hour.level(row.hour, elapsed), max(0.0, blocked))


def wait(account: str, cost: int, now: datetime) -> float:
    """Seconds until so much may be spent; takes nothing."""
    row = Account.objects.filter(name=account).first() if account else None
    return left(row, now).wait(cost) if row else 0.0


def take(account: str, cost: int, now: datetime) -> float:
    """Spend so much, or else the seconds to wait until it may be tried again; 0 if it was spent."""
    if not (account and cost):
        return wait(account, cost, now)
    while True:
        row = _row(account, now)
        level = left(row, now)
        if seconds := level.wait(cost):
            return seconds
        if _spend(row, level, cost, now):
            return 0.0


def block(account: str, until: datetime, reason: str, now: datetime) -> None:
    """Leave the account alone until then, or longer if that was decided before."""
    if not account:
        return
    row = _row(account, now)
    sooner = Q(blocked_until=None) | Q(blocked_until__lt=until)
    Account.objects.filter(sooner, pk=row.pk).update(blocked_until=until, reason=reason[:300])


def _row(account: str, now: datetime) -> Account:
    minute, hour = buckets()
    full = {"minute": minute.size, "hour": hour.size, "counted_at": now}
    return Account.objects.get_or_create(name=account, defaults=full)[0]


def _spend(row: Account, level: Left, cost: int, now: datetime) -> bool:
    """False if another worker was faster, or the account was blocked meanwhile."""
    free = Q(blocked_until=None) | Q(blocked_until__lte=now)
    return bool(
        Account.objects.filter(free, pk=row.pk, spent=row.spent).update(
            minute=level.minute - cost,
            hour=level.hour - cost,
            counted_at=max(now, row.counted_at),
            spent=row.spent + cost,
        )
    )
