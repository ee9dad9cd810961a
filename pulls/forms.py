"""What people may ask for on the page of a proposal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.conf import settings

from core.overrides import Person
from pulls import decisions
from pulls.acts import rejections
from pulls.acts.next_act import ON
from pulls.forges import can_open
from pulls.models import STANDING, OnForge, PullRequest, State


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, strip=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that can be done about a proposal. `do` returns whether it was; `why` is True where
    a reason must be given, for those who wonder later."""

    name: str
    title: str
    hint: str
    done: str
    too_late: str
    do: Callable[[PullRequest, Person, str], bool]
    offered: Callable[[PullRequest], bool]
    why: bool = False


def _reject(pull: PullRequest, by: Person, reason: str) -> bool:
    rejections.reject(pull.feedstock, pull.version, by=by, reason=reason)
    return True


def _allow(pull: PullRequest, by: Person, _reason: str) -> bool:
    rejections.allow(pull.feedstock, pull.version, by=by)
    return True


def _is_on(pull: PullRequest) -> bool:
    return settings.PULLS == ON and can_open(pull.feedstock.channel.kind)


WISHES = (
    Wish(
        "hasten",
        "Propose now",
        "It waits neither for what it is built with nor for a first merge of its maintainers; for "
        "the budget of the bot's account it waits like all others.",
        "It is opened as soon as the bot's account may.",
        "It is not wanted any more.",
        lambda pull, by, reason: decisions.hasten(pull, by=by, reason=reason),
        lambda pull: pull.state == State.PROPOSED and _is_on(pull),
    ),
    Wish(
        "retry",
        "Try again",
        "Its forge is dealt with within a minute.",
        "It is tried again within a minute.",
        "There is nothing wrong with it any more.",
        lambda pull, by, reason: decisions.retry(pull, by=by, reason=reason),
        lambda pull: pull.outcome_code not in ("", "ok") and _is_on(pull),
    ),
    Wish(
        "close",
        "Close",
        "The bot closes it and says so there, unless somebody else committed to its branch. It is "
        "not proposed again, but may be reopened there.",
        "It is closed within a minute.",
        "It is not open any more.",
        lambda pull, by, reason: decisions.close(pull, by=by, reason=reason),
        lambda pull: pull.on_forge == OnForge.OPEN and pull.state != State.CLOSED and _is_on(pull),
        why=True,
    ),
    Wish(
        "reject",
        "Never this version",
        "It is not proposed to this feedstock until somebody undoes that; where it is open, it is "
        "closed.",
        "This version is not proposed any more.",
        "",
        _reject,
        lambda pull: pull.state in STANDING,
        why=True,
    ),
    Wish(
        "allow",
        "Propose it after all",
        "Decisions against this version end, and it is made anew if it still is the newest.",
        "It is made anew within minutes, if it still is the newest version.",
        "",
        _allow,
        lambda pull: pull.state == State.CLOSED,
    ),
)


def wishes_for(pull: PullRequest) -> list[Wish]:
    return [wish for wish in WISHES if wish.offered(pull)]
