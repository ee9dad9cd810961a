"""Patches: for a `dir:` channel, which is only files, and for people who apply one themselves.

As `git format-patch` writes them, for `git am` and `git apply`.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from pulls.forges.base import Change, Proposal, Pull, PullRef, Request, State, blob_id
from pulls.forges.outcomes import NOT_WRITTEN, NOTHING_TO_CHANGE, RECIPE_MOVED, STILL_OPEN
from pulls.words import message

_MODE = "100644"
_NOTHING = "0" * 40
_NO_END = "\\ No newline at end of file\n"
# In a patch of ours: a file and the id of what it becomes.
_TARGET = re.compile(
    r"^diff --git .* b/(.+)\n(?:(?:new|deleted) .*\n)?index \w+\.\.(\w{40})", re.MULTILINE
)
_NEEDS_QUOTES = re.compile(r'[\x00-\x1f\x7f"\\]')


def patch_of(proposal: Proposal, author: str, at: datetime) -> str:
    """The whole patch. `author` is `NAME <ADDRESS>`."""
    head = (
        f"From {_NOTHING} Mon Sep 17 00:00:00 2001",
        f"From: {author}",
        f"Date: {format_datetime(at)}",
        f"Subject: [PATCH] {proposal.message}",
    )
    return "\n".join([*head, "", "---", "", diff_of(proposal)])


def diff_of(proposal: Proposal) -> str:
    """The patch without its head."""
    changes = sorted(proposal.files.items())
    return "".join(
        piece
        for path, change in changes
        if change.before != change.after
        for piece in _file(path, change)
    )


def _file(path: str, change: Change) -> Iterator[str]:
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    yield f"diff --git {old} {new}\n"
    if change.before is None:
        yield f"new file mode {_MODE}\n"
    if change.after is None:
        yield f"deleted file mode {_MODE}\n"
    mode = f" {_MODE}" if None not in (change.before, change.after) else ""
    yield f"index {_id(change.before)}..{_id(change.after)}{mode}\n"
    # A tab ends a name with spaces in it.
    end = "\t" if " " in path else ""
    names = (
        "/dev/null" if change.before is None else old + end,
        "/dev/null" if change.after is None else new + end,
    )
    lines = difflib.unified_diff(_lines(change.before), _lines(change.after), *names, lineterm="")
    for number, line in enumerate(lines):
        yield line if line.endswith("\n") else f"{line}\n"
        is_content = number > 1 and not line.startswith("@")
        if is_content and not line.endswith("\n"):
            yield _NO_END


def _lines(text: str | None) -> list[str]:
    """Only a line feed ends a line, as for git."""
    return re.findall(r"[^\n]*\n|[^\n]+", text or "")


def _id(text: str | None) -> str:
    return _NOTHING if text is None else blob_id(text)


def _quoted(path: str) -> str:
    """As git reads a name that would break a line."""
    if not _NEEDS_QUOTES.search(path):
        return path
    escaped = _NEEDS_QUOTES.sub(lambda found: "\\" + format(ord(found[0]), "03o"), path)
    return f'"{escaped}"'


class Patches:
    """Writes proposals as patches below `folder`, one for each branch name.

    A folder of recipes has no branches: a proposal is open as long as its patch is there and the
    files are as they were.
    """

    kind = "dir"

    def __init__(self, folder: Path, author: str) -> None:
        self._folder, self._author = folder, author

    def publish(self, proposal: Proposal) -> Pull:
        ref = PullRef(proposal.repository, 0, proposal.branch, proposal.repository, proposal.base)
        path_of_patch, root = self.path_of(ref), Path(proposal.repository)
        if all(_text(root, path) == each.after for path, each in proposal.files.items()):
            raise NOTHING_TO_CHANGE.error(repository=proposal.repository)
        for path, change in proposal.files.items():
            if _text(root, path) != change.before:
                raise RECIPE_MOVED.error(path=path, repository=proposal.repository)
        self._write(path_of_patch, patch_of(proposal, self._author, datetime.now(UTC)))
        return replace(self._now(ref), title=proposal.title)

    def look(self, ref: PullRef, etag: str = "") -> Pull | None:
        """Merged once the files are as the patch makes them; closed if the patch is gone."""
        pull = self._now(ref)
        return None if etag == pull.etag else pull

    def requests(
        self, ref: PullRef, since: datetime, maintainers: Collection[str]
    ) -> list[Request]:
        return []

    def is_ours_alone(self, ref: PullRef) -> bool:
        return True

    def comment(self, ref: PullRef, text: str, *, key: str) -> None:
        """Nothing: a patch has no place for it."""

    def unlabel(self, ref: PullRef, label: str) -> None:
        """Nothing: a patch has no labels."""

    def close(self, ref: PullRef, comment: str, *, key: str) -> Pull:
        pull = self._now(ref)
        if pull.state is not State.OPEN:
            return pull
        self._remove(ref)
        return self._now(ref)

    def delete_branch(self, ref: PullRef) -> None:
        if self._now(ref).state is State.OPEN:
            raise STILL_OPEN.error(branch=ref.branch)
        self._remove(ref)

    def path_of(self, ref: PullRef) -> Path:
        """Where the patch is, or was."""
        return self._folder / f"{message.checked_branch(ref.branch)}.patch"

    def _now(self, ref: PullRef) -> Pull:
        path = self.path_of(ref)
        try:
            patch = path.read_bytes().decode()
        except FileNotFoundError:
            return Pull(ref, "", State.CLOSED, "", "", datetime.now(UTC), etag="closed")
        state = State.MERGED if _is_applied(Path(ref.repository), patch) else State.OPEN
        head = blob_id(patch)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Pull(ref, "", state, "", head, written, etag=f"{state} {head}")

    def _write(self, path: Path, patch: str) -> None:
        part = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(patch.encode())
            part.replace(path)
        except OSError as error:
            raise NOT_WRITTEN.error(problem=error.strerror) from error

    def _remove(self, ref: PullRef) -> None:
        self.path_of(ref).unlink(missing_ok=True)


def _is_applied(root: Path, patch: str) -> bool:
    targets = _TARGET.findall(patch)
    return bool(targets) and all(_id(_text(root, path)) == oid for path, oid in targets)


def _text(root: Path, path: str) -> str | None:
    """A file of the channel; None if it isn't there, or leads out of the folder."""
    file = (root / path).resolve()
    if not (file.is_relative_to(root.resolve()) and file.is_file()):
        return None
    return file.read_bytes().decode("utf-8", "surrogateescape")
