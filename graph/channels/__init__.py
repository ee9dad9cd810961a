"""Where feedstocks come from: one module per kind of channel.

A kind is a module with the functions of `ChannelKind`; adding one is a file and a line in `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from graph.channels import bot_answers, bot_data, directory, git, github
from graph.channels.bot_answers import Answer
from graph.channels.found import Found, Settled
from graph.outcomes import BAD_CHANNEL_NAME, BAD_SPEC, UNKNOWN_CHANNEL_KIND

LONGEST = 900  # characters of a spec; a path may become longer when it is made absolute
# A channel's name is the first part of keys and URLs, so slashes and the like are out.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ChannelKind(Protocol):
    """Each function raises OutcomeError where the place can't be used."""

    def locate(self, place: str) -> str:
        """The place as it is kept: checked, and meaning the same from everywhere."""

    def suggest_name(self, place: str) -> str:
        """A name for the channel, from a located place."""

    def position(self, place: str) -> str:
        """A text that differs whenever anything at the place does, a commit for example; empty
        where only `find()` can tell. Asked right before `find()`."""

    def find(self, place: str, settled: Settled) -> Iterator[Found]:
        """Every feedstock there, one at a time, with its recipe's text; or without, where it is in
        `settled` and is known not to have changed."""


KINDS: dict[str, ChannelKind] = {
    "cf-graph": bot_data,
    "dir": directory,
    "git": git,
    "github": github,
}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a person writes to name a channel: `dir:/srv/recipes`."""

    kind: str
    place: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}"

    @property
    def channel_kind(self) -> ChannelKind:
        return KINDS[self.kind]

    def suggest_name(self) -> str:
        """A valid channel name, from the place; raises OutcomeError where none can be made."""
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", self.channel_kind.suggest_name(self.place))
        return check_name(name.lstrip("._-")[:64])

    def position(self) -> str:
        return self.channel_kind.position(self.place)

    def find(self, settled: Settled) -> Iterator[Found]:
        return self.channel_kind.find(self.place, settled)

    def answers(self, names: Iterable[str]) -> Iterator[tuple[str, Answer]]:
        """What another bot found out about these feedstocks, where the place keeps that."""
        return bot_answers.answers(self.place, names) if self.kind == "cf-graph" else iter(())


def parse(text: str) -> Spec:
    """The spec, its place located. Raises OutcomeError: `graph.bad_spec`,
    `graph.unknown_channel_kind`, or what the kind finds wrong with the place."""
    kind, colon, place = text.strip().partition(":")
    if not (kind and colon and place.strip()) or "\0" in place or len(text) > LONGEST:
        raise BAD_SPEC.error(spec=text)
    if kind not in KINDS:
        raise UNKNOWN_CHANNEL_KIND.error(kind=kind, kinds=", ".join(sorted(KINDS)))
    return Spec(kind, KINDS[kind].locate(place.strip()))


def check_name(name: str) -> str:
    """The name itself; raises OutcomeError (`graph.bad_channel_name`) if it can't be one."""
    if not _NAME.fullmatch(name):
        raise BAD_CHANNEL_NAME.error(name=name)
    return name
