"""What a forge is given, what it gives back, and what every kind of forge can do.

Plain values, no Django models: who keeps rows maps them to these. Each method of a forge may be
called again after a crash at any point: it finds what exists and goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after, as text; None is a file that isn't there.

    A forge refuses (`pulls.recipe_moved`) where the file isn't as it was `before`: what a person
    wrote since is never overwritten.
    """

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that a person shall review.

    `repository` is where to: OWNER/NAME, the URL of a git repository, or a folder. `branch` is new,
    and the same each time that the same thing is proposed: by it a retry finds what exists.
    `title` and `message` are one line, `body` is Markdown. Paths of `files` start at the
    repository's root.
    """

    repository: str
    base: str
    branch: str
    title: str
    body: str
    message: str
    files: Mapping[str, Change]


class State(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PullRef:
    """Which pull request. `head_repository` holds its branch: a fork, or `repository` itself.
    `base` is the branch it shall be merged into. `number` is 0 where a forge has none."""

    repository: str
    number: int
    branch: str
    head_repository: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request as the forge has it.

    `mergeable` is None while the forge doesn't know. `etag` is for the next `look()`. `updated_at`
    moves with comments and labels, too.
    """

    ref: PullRef
    url: str
    state: State
    title: str
    head_sha: str
    updated_at: datetime
    labels: tuple[str, ...] = ()
    mergeable: bool | None = None
    etag: str = ""


class Wish(StrEnum):
    """What people ask of the bot beside a pull request."""

    RERUN = "rerun"


@dataclass(frozen=True, slots=True)
class Request:
    """A wish of someone who may have it. `via` is `label` or `comment`; `id` tells it from any
    other on the same forge, so that it can be remembered as done."""

    wish: Wish
    by: str
    at: datetime
    via: str
    id: str


class Forge(Protocol):
    """One forge, and the account that acts there.

    Every method raises OutcomeError: `pulls.*` for what this forge refuses, `github.*` and `http.*`
    for what asking it came to. A `TryLater` says how long to leave the account alone.
    """

    kind: str

    def publish(self, proposal: Proposal) -> Pull:
        """Make it a pull request, or bring the one of this branch up to date with it.

        One that a person closed, or that is merged, is given back as it is. Raises
        `pulls.branch_not_ours` where somebody else committed to the branch.
        """

    def look(self, ref: PullRef, etag: str = "") -> Pull | None:
        """The pull request now; None if nothing changed since the answer with that `etag`."""

    def requests(
        self, ref: PullRef, since: datetime, maintainers: Collection[str]
    ) -> list[Request]:
        """What was asked of the bot since then, by people who may write to the repository and by
        `maintainers`, handles in lower case; the wishes of anyone else are left out."""

    def is_ours_alone(self, ref: PullRef) -> bool:
        """Whether nobody but the bot and its companions committed to the branch."""

    def comment(self, ref: PullRef, text: str, *, key: str) -> None:
        """Say something, once for each `key`."""

    def unlabel(self, ref: PullRef, label: str) -> None:
        """Take a label off; done if it isn't there."""

    def close(self, ref: PullRef, comment: str, *, key: str) -> Pull:
        """Comment, and close it if it is open. Raises `pulls.branch_not_ours` rather than close
        what somebody else committed to."""

    def delete_branch(self, ref: PullRef) -> None:
        """Delete its branch; done if it is gone. Raises `pulls.still_open` while it is open, and
        `pulls.branch_not_ours`."""


def blob_id(text: str) -> str:
    """The id that git gives a file with this text."""
    data = text.encode("utf-8", "surrogateescape")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
