"""What people ask of the bot beside a pull request: heard, fulfilled once, and answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pulls.forges.base import Forge, Pull, Request
from pulls.making import attempts
from pulls.models import Heard, PullRequest
from pulls.words import message

_LONGEST = 100  # of the columns of `Heard`


@dataclass(frozen=True, slots=True)
class Hearing:
    """Up to when all was heard, by the forge's clock, and what answers it when called.

    Who crashes between the two loses no wish: it is heard again, and answered then.
    """

    until: datetime
    answers: Sequence[Callable[[], None]] = ()


def hear(pull: PullRequest, seen: Pull, forge: Forge) -> Hearing:
    """Fulfil what was asked for since last time by who may ask. Raises OutcomeError."""
    since = pull.heard_at or pull.proposed_at
    maintainers = set(pull.feedstock.maintainers.values_list("handle", flat=True))
    asked = forge.requests(seen.ref, since, maintainers)
    until = max([seen.updated_at, *(each.at for each in asked)])
    done = _done(pull, asked)
    waiting = [each for each in asked if _id(each) not in done or not _is_before(pull, each)]
    if not waiting:
        return Hearing(until)
    _fulfil(pull, [each for each in waiting if _id(each) not in done])
    return Hearing(until, _answers(seen, waiting, forge))


def _done(pull: PullRequest, asked: Sequence[Request]) -> set[str]:
    ids = [_id(each) for each in asked]
    return set(pull.heard.filter(wish_id__in=ids).values_list("wish_id", flat=True))


def _is_before(pull: PullRequest, request: Request) -> bool:
    """Whether the hearing that fulfilled it came to its end, with an answer."""
    return pull.heard_at is not None and request.at <= pull.heard_at


def _fulfil(pull: PullRequest, asked: Sequence[Request]) -> None:
    """All that can be asked for is to have it made anew: for many who ask, that is done once."""
    if not asked:
        return
    now = timezone.now()
    with transaction.atomic():
        Heard.objects.bulk_create((_row(pull, each, now) for each in asked), ignore_conflicts=True)
        attempts.try_again(pull.feedstock, now)


def _row(pull: PullRequest, request: Request, now: datetime) -> Heard:
    by = request.by[:_LONGEST]
    return Heard(pull=pull, wish_id=_id(request), wish=request.wish.value, by=by, at=now)


def _answers(seen: Pull, asked: Sequence[Request], forge: Forge) -> list[Callable[[], None]]:
    """One answer to all, in the name of who asked last."""
    last = asked[-1]
    answers = [lambda: forge.comment(seen.ref, message.rerun_done(last.by), key=last.id)]
    if any(each.via == "label" for each in asked):
        answers.append(lambda: forge.unlabel(seen.ref, message.RERUN_LABEL))
    return answers


def _id(request: Request) -> str:
    return request.id[:_LONGEST]
