"""A repository of our own beside one of somebody else, to fetch from it and push to it."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.channels.clones import MAX_PACKED_BYTES, SECONDS, meaning
from graph.channels.git import GitPlace, secret_config
from graph.channels.git_process import Git, GitFailed
from graph.channels.outcomes import (
    GIT_BUSY,
    GIT_NOT_INSTALLED,
    GIT_NOT_KEPT,
    GIT_TIMEOUT,
    GIT_TOO_LARGE,
)
from pulls.forges.git_commits import Commit, Commits
from pulls.forges.outcomes import BRANCH_MOVED, PUSH_REFUSED
from pulls.words import neutral

# Two commits of a branch: what the last one changed is what a proposal changes.
_DEPTH = 2
_MOVED = re.compile(r"stale info|fetch first|already exists|cannot lock ref|non-fast-forward")
_DECLINED = re.compile(r"remote rejected|declined|denied|protected|pre-receive", re.IGNORECASE)
_OURS = "refs/botsite"


class Scratch:
    """Bare but for its name: it has no files, only commits. A cache, made anew when it broke."""

    def __init__(self, folder: Path, url: str) -> None:
        """Raises OutcomeError (`graph.bad_git_place`, `graph.credentials_in_url`)."""
        self._url = GitPlace.parse(url).url
        digest = hashlib.sha256(self._url.encode()).hexdigest()[:16]
        self._home, self._lock = folder / digest, folder / f"{digest}.lock"
        scheme = self._url.partition("://")[0] if "://" in self._url else "ssh"
        protocols = "http:https" if scheme == "http" else scheme
        self._tree = self._home / "tree"
        secret = secret_config(self._url)
        self._git = Git(self._home / "git", self._tree, protocols=protocols, secret=secret)
        self._until = 0.0
        self.commits = Commits(self._home / "git" / "objects")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else on this machine uses it; it is there, and what git says is typed.

        Raises OutcomeError: `graph.git_*`.
        """
        self._until = time.monotonic() + SECONDS
        try:
            self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._lock.open("w") as file:
                self._take(file.fileno())
                if not (self._home / "git" / "HEAD").exists():
                    self._start_anew()
                yield
        except TimeoutError:
            raise GIT_TIMEOUT.error(url=self._url, seconds=int(SECONDS)) from None
        except OSError as error:
            if error.filename == "git":
                raise GIT_NOT_INSTALLED.error() from error
            raise GIT_NOT_KEPT.error(url=self._url, problem=error.strerror) from error
        except GitFailed as error:
            raise meaning(error.said, self._url) from None

    def fetch(self, branch: str) -> Commit | None:
        """The tip of a branch, of the default one for no name; None if there is no such branch."""
        ref = f"refs/heads/{branch}" if branch else "HEAD"
        lines = self._run("ls-remote", "--", self._url, ref).splitlines()
        if not any(line.partition("\t")[2] == ref for line in lines):
            return None
        mine = f"{_OURS}/fetched/{branch or 'HEAD'}"
        options = ("--quiet", f"--depth={_DEPTH}", "--no-tags", "--no-recurse-submodules")
        self._run("fetch", *options, "--", self._url, f"+{ref}:{mine}")
        return self.commits.read(self._run("rev-parse", mine))

    def push(self, branch: str, oid: str, before: str) -> None:
        """Move a branch to a commit, or delete it (no `oid`), if it still is at `before`; empty
        there means that it isn't there. Raises OutcomeError: `pulls.branch_moved`,
        `pulls.push_refused`, `graph.git_*`."""
        ref = f"refs/heads/{branch}"
        if oid:
            self._run("update-ref", f"{_OURS}/pushed/{branch}", oid)
        options = ("--quiet", "--no-verify", f"--force-with-lease={ref}:{before}")
        try:
            self._run("push", *options, "--", self._url, f"{oid}:{ref}")
        except GitFailed as error:
            if _MOVED.search(error.said):
                raise BRANCH_MOVED.error(branch=branch, repository=self._url) from None
            if _DECLINED.search(error.said):
                said = neutral.printable(error.said)[-200:]
                raise PUSH_REFUSED.error(repository=self._url, said=said) from None
            raise

    def pushed(self, branch: str) -> Commit | None:
        """What was pushed to a branch last, as far as it is remembered."""
        try:
            return self.commits.read(
                self._run("rev-parse", "--quiet", "--verify", f"{_OURS}/pushed/{branch}")
            )
        except (GitFailed, KeyError):
            return None

    def _take(self, file: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GIT_BUSY.error(url=self._url) from None

    def _start_anew(self) -> None:
        shutil.rmtree(self._home, ignore_errors=True)
        self._tree.mkdir(parents=True)
        self._run("init", "--quiet", "--template=")

    def _run(self, *arguments: str) -> str:
        return self._git.run(*arguments, until=self._until, watch=self._check_size)

    def _check_size(self) -> None:
        packs = self._home / "git" / "objects" / "pack"
        if sum(path.stat().st_size for path in packs.glob("*.pack")) > MAX_PACKED_BYTES:
            shutil.rmtree(self._home, ignore_errors=True)
            problem = f"it is more than {MAX_PACKED_BYTES} bytes long when packed"
            raise GIT_TOO_LARGE.error(url=self._url, problem=problem)
