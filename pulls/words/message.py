"""The short words of a pull request: title, branch, commit, comments. Pure.

Its body is in `pulls.words.body`.

Their shape is that of the bot that maintainers know: `NAME vVERSION`, a branch `VERSION_hHASH`.
What strangers wrote goes through `pulls.words.neutral`.
"""

from __future__ import annotations

import hashlib
import re

from pulls.forges.outcomes import NOT_A_BRANCH_OF_OURS
from pulls.words import neutral
from pulls.words.neutral import code

AUTOMERGE = "[bot-automerge]"
RERUN_LABEL = "bot-rerun"
RERENDER = "@conda-forge-admin, please rerender"

_BRANCH = re.compile(r"[A-Za-z0-9_+!][A-Za-z0-9._+!-]{0,63}_h[0-9a-f]{6}")


def title(feedstock: str, version: str, *, automerge: bool = False) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    slug = f"{AUTOMERGE} " if automerge else ""
    return f"{slug}{neutral.name(feedstock)} v{neutral.checked_version(version)}"


def branch_name(version: str, salt: str) -> str:
    """The same for the same salt, which tells feedstocks and repeated tries apart.

    Raises OutcomeError (`pulls.bad_version`).
    """
    digest = hashlib.sha256(f"{neutral.checked_version(version)}\0{salt}".encode()).hexdigest()
    # What git allows in no name of a branch.
    shown = re.sub(r"\.{2,}", ".", version).lstrip(".-") or "version"
    return f"{shown}_h{digest[:6]}"


def checked_branch(branch: str) -> str:
    """A branch that only the bot can have made. Raises `pulls.not_a_branch_of_ours`."""
    if not _BRANCH.fullmatch(branch) or ".." in branch:
        raise NOT_A_BRANCH_OF_OURS.error(branch=neutral.printable(branch)[:100])
    return branch


def commit_message(version: str) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    return f"updated v{neutral.checked_version(version)}"


def superseded(version: str, number: int) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    shown = neutral.checked_version(version)
    return f"Version {shown} is out, so #{number} takes the place of this pull request."


def withdrawn(version: str, builds: str) -> str:
    """`builds` is the version that the feedstock has. Raises OutcomeError (`pulls.bad_version`)."""
    shown, here = neutral.checked_version(version), code(builds)
    return f"Version {shown} is not needed any more: the newest that counts is {here}, built here."


def rejected(version: str) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    shown = neutral.checked_version(version)
    return f"Whoever runs the bot decided that version {shown} is not proposed here."


def rerun_done(by: str) -> str:
    """Who asked is told without a mention: the answer stands right below the question."""
    return f"It is being made anew from the recipe as it is now, as {code(by)} asked."
