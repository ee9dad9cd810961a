"""A git repository as a forge: a proposal is a branch with one commit, which people merge.

The commit is made without a working tree, so no filter of the repository runs; git itself fetches
and pushes, as for `git:` channels. The hooks of a repository on this machine run when it is pushed
to: they are its owner's rules.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pulls.forges.base import Proposal, Pull, PullRef, Request, State, blob_id
from pulls.forges.git_commits import Commit
from pulls.forges.git_scratch import Scratch
from pulls.forges.outcomes import (
    BRANCH_NOT_OURS,
    NO_BASE,
    NOTHING_TO_CHANGE,
    RECIPE_MOVED,
    STILL_OPEN,
)
from pulls.words import message


class GitForge:
    """Proposes to repositories by their URLs, with repositories of its own below `folder`.

    `author` is `NAME <ADDRESS>`; a branch whose tip somebody else committed is theirs. Nobody can
    be asked or told anything here, so there are no comments, labels and requests.
    """

    kind = "git"

    def __init__(self, folder: Path, author: str) -> None:
        self._folder, self._author = folder, author

    def publish(self, proposal: Proposal) -> Pull:
        branch = message.checked_branch(proposal.branch)
        ref = PullRef(proposal.repository, 0, branch, proposal.repository, proposal.base)
        scratch = Scratch(self._folder, proposal.repository)
        with scratch.held():
            base, tip = self._base(scratch, ref), scratch.fetch(branch)
            if tip is None or not _is_made(scratch, tip, proposal):
                _check_base(scratch, base, proposal)
                self._check_ours(tip, ref)
                tip = self._push(scratch, base, tip, proposal)
            return _pull(scratch, ref, base, tip, proposal.title)

    def look(self, ref: PullRef, etag: str = "") -> Pull | None:
        """Merged once the base holds what the branch changes; closed if the branch is gone before
        that."""
        scratch = Scratch(self._folder, ref.repository)
        with scratch.held():
            base, tip = self._base(scratch, ref), scratch.fetch(ref.branch)
            known = tip or scratch.pushed(ref.branch)
            pull = _pull(scratch, ref, base, known) if known else _gone(ref)
        if tip is None and pull.state is State.OPEN:
            pull = replace(pull, state=State.CLOSED)
        pull = replace(pull, etag=f"{base.id} {pull.head_sha} {pull.state}")
        return None if etag == pull.etag else pull

    def requests(
        self, ref: PullRef, since: datetime, maintainers: Collection[str]
    ) -> list[Request]:
        return []

    def is_ours_alone(self, ref: PullRef) -> bool:
        scratch = Scratch(self._folder, ref.repository)
        with scratch.held():
            tip = scratch.fetch(ref.branch)
        return tip is None or self._is_ours(tip)

    def comment(self, ref: PullRef, text: str, *, key: str) -> None:
        """Nothing: a branch has no place for it."""

    def unlabel(self, ref: PullRef, label: str) -> None:
        """Nothing: a branch has no labels."""

    def close(self, ref: PullRef, comment: str, *, key: str) -> Pull:
        """What nobody shall merge any more is deleted."""
        pull = self._now(ref)
        if pull.state is not State.OPEN:
            return pull
        self._delete(ref)
        return replace(pull, state=State.CLOSED)

    def delete_branch(self, ref: PullRef) -> None:
        if self._now(ref).state is State.OPEN:
            raise STILL_OPEN.error(branch=ref.branch)
        self._delete(ref)

    def _now(self, ref: PullRef) -> Pull:
        pull = self.look(ref)
        return pull or _gone(ref)

    def _delete(self, ref: PullRef) -> None:
        branch = message.checked_branch(ref.branch)
        scratch = Scratch(self._folder, ref.repository)
        with scratch.held():
            if tip := scratch.fetch(branch):
                self._check_ours(tip, ref)
                scratch.push(branch, "", tip.id)

    def _base(self, scratch: Scratch, ref: PullRef) -> Commit:
        if base := scratch.fetch(ref.base):
            return base
        raise NO_BASE.error(repository=ref.repository, base=ref.base or "HEAD")

    def _push(
        self, scratch: Scratch, base: Commit, tip: Commit | None, proposal: Proposal
    ) -> Commit:
        files = {path: change.after for path, change in proposal.files.items()}
        made = scratch.commits.make(base, files, proposal.message, self._author)
        scratch.push(proposal.branch, made.id, tip.id if tip else "")
        return made

    def _is_ours(self, tip: Commit) -> bool:
        return tip.committer == self._author

    def _check_ours(self, tip: Commit | None, ref: PullRef) -> None:
        if tip and not self._is_ours(tip):
            raise BRANCH_NOT_OURS.error(branch=ref.branch, repository=ref.repository)


def _is_made(scratch: Scratch, tip: Commit, proposal: Proposal) -> bool:
    there = scratch.commits.blobs(tip.id, *proposal.files)
    return all(there[path] == _blob(change.after) for path, change in proposal.files.items())


def _check_base(scratch: Scratch, base: Commit, proposal: Proposal) -> None:
    there = scratch.commits.blobs(base.id, *proposal.files)
    for path, change in proposal.files.items():
        if there[path] != _blob(change.before):
            raise RECIPE_MOVED.error(path=path, repository=proposal.repository)
    if all(change.before == change.after for change in proposal.files.values()):
        raise NOTHING_TO_CHANGE.error(repository=proposal.repository)


def _pull(scratch: Scratch, ref: PullRef, base: Commit, tip: Commit, title: str = "") -> Pull:
    changed = scratch.commits.changed(tip.id)
    is_merged = bool(changed) and scratch.commits.blobs(base.id, *changed) == changed
    return Pull(
        ref=ref,
        url="",
        state=State.MERGED if is_merged else State.OPEN,
        title=title,
        head_sha=tip.id,
        updated_at=datetime.now(UTC),
    )


def _gone(ref: PullRef) -> Pull:
    """A branch of which nothing is known any more."""
    return Pull(ref, "", State.CLOSED, "", "", datetime.now(UTC))


def _blob(text: str | None) -> str:
    return "" if text is None else blob_id(text)
