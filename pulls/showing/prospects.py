"""What comes next for a proposal, in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from pulls.acts.next_act import ON, Act, next_act
from pulls.forges import can_open
from pulls.models import OnForge, PullRequest

_WORDS = {
    Act.CLOSE: "is closed",
    Act.DELETE: "its branch is deleted",
    Act.FOLLOW: "is looked at",
    Act.NOTHING: "",
}


@dataclass(frozen=True, slots=True)
class Prospect:
    """`words` go on a sentence about the proposal; without `at` it is not known when."""

    words: str = ""
    at: datetime | None = None
    needs_a_person: bool = False


def prospect(pull: PullRequest, now: datetime) -> Prospect:
    act = next_act(pull, ON)
    if act is Act.NOTHING:
        return Prospect()
    if settings.PULLS != ON:
        return Prospect("stays here: a dry run")
    if not can_open(pull.feedstock.channel.kind):
        return Prospect("stays here: no account")
    if pull.lease_until and pull.lease_until > now:
        return Prospect("is in a worker's hands")
    if pull.act_at is None:
        return Prospect("needs a person", needs_a_person=True) if pull.tries else Prospect()
    if pull.act_at <= now:
        return Prospect(f"{_words(act, pull)} within minutes")
    return Prospect(_words(act, pull), pull.act_at)


def _words(act: Act, pull: PullRequest) -> str:
    if act is Act.PUBLISH:
        return "is updated" if pull.on_forge == OnForge.OPEN else "is opened"
    return _WORDS[act]
