"""Shallow clones of git repositories below `VAR_DIR/clones`, brought up to date in one go.

A clone is a cache: it is thrown away whenever something went wrong with it, and made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.outcomes import OutcomeError, OutcomeKind
from graph.channels.git_process import Git, GitFailed
from graph.channels.outcomes import (
    GIT_BUSY,
    GIT_EMPTY,
    GIT_LOGIN_NEEDED,
    GIT_NO_BRANCH,
    GIT_NO_REPOSITORY,
    GIT_NOT_INSTALLED,
    GIT_NOT_KEPT,
    GIT_TIMEOUT,
    GIT_TOO_LARGE,
    GIT_UNREACHABLE,
)

SECONDS = 150.0  # over one update; a job's lease is longer
MAX_PACKED_BYTES = 1 << 30
MAX_TREE_BYTES = 2 << 30
MAX_TREE_FILES = 500_000

_REF = "refs/botsite/head"
_SAID: tuple[tuple[str, OutcomeKind], ...] = (
    ("could not read Username", GIT_LOGIN_NEEDED),
    ("could not read Password", GIT_LOGIN_NEEDED),
    ("Authentication failed", GIT_LOGIN_NEEDED),
    ("Permission denied", GIT_LOGIN_NEEDED),
    ("Host key verification failed", GIT_LOGIN_NEEDED),
    ("returned error: 401", GIT_LOGIN_NEEDED),
    ("returned error: 403", GIT_LOGIN_NEEDED),
    ("repository not found", GIT_NO_REPOSITORY),
    ("does not appear to be a git repository", GIT_NO_REPOSITORY),
    ("not valid: is this a git repository?", GIT_NO_REPOSITORY),
    ("' not found", GIT_NO_REPOSITORY),
)


class Clone:
    """The clone of one branch; an empty `branch` is the repository's default.

    `name` is what the directory with the files is called: a feedstock is known by it.
    """

    def __init__(
        self, folder: Path, url: str, branch: str, name: str, secret: Mapping[str, str]
    ) -> None:
        self._url, self._branch = url, branch
        digest = hashlib.sha256(f"{url}#{branch}".encode()).hexdigest()[:16]
        self.home = folder / digest
        self._complete = self.home / "complete"
        self.tree = self.home / "tree" / name
        scheme = url.partition("://")[0] if "://" in url else "ssh"
        protocols = "http:https" if scheme == "http" else scheme
        self._git = Git(self.home / "git", self.tree, protocols=protocols, secret=secret)
        self._until = 0.0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else on this machine changes the clone.

        Raises OutcomeError: `graph.git_busy`, `graph.git_not_kept`.
        """
        try:
            self.home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = _lock_of(self.home).open("w")
        except OSError as error:
            raise GIT_NOT_KEPT.error(url=self._url, problem=error.strerror) from error
        with file:
            if not _is_locked(file):
                raise GIT_BUSY.error(url=self._url)
            yield

    def update(self) -> str:
        """Bring the files to the branch's head, whose id is returned. Raises OutcomeError."""
        self._until = time.monotonic() + SECONDS
        with self.held(), self._failures_typed():
            if not self._complete.exists():
                self._start_anew()
            head = self._remote_head()
            if self._complete.read_text() != head:
                self._complete.unlink()
                head = self._fetch()
                self._complete.write_text(head)
            return head

    def _start_anew(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        self.tree.mkdir(parents=True)
        self._run("init", "--quiet", "--template=")
        self._complete.touch()

    def _remote_head(self) -> str:
        ref = f"refs/heads/{self._branch}" if self._branch else "HEAD"
        lines = self._run("ls-remote", "--", self._url, ref).splitlines()
        heads = [oid for oid, _, name in (line.partition("\t") for line in lines) if name == ref]
        if heads:
            return heads[0]
        if self._branch:
            raise GIT_NO_BRANCH.error(url=self._url, branch=self._branch)
        raise GIT_EMPTY.error(url=self._url)

    def _fetch(self) -> str:
        ref = f"refs/heads/{self._branch}" if self._branch else "HEAD"
        options = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--force")
        self._run("fetch", *options, "--", self._url, f"{ref}:{_REF}")
        weight = _Weight(self._url)
        self._git.run("ls-tree", "-r", "-l", "-z", _REF, until=self._until, take=weight.add)
        self._run("checkout", "--quiet", "--force", "--detach", _REF, "--")
        self._run("clean", "-ffdxq")
        return self._run("rev-parse", _REF)

    def _run(self, *arguments: str) -> str:
        return self._git.run(*arguments, until=self._until, watch=self._check_size)

    def _check_size(self) -> None:
        packs = self.home / "git" / "objects" / "pack"
        if sum(map(_size_on_disk, packs.glob("*"))) > MAX_PACKED_BYTES:
            problem = f"it is more than {MAX_PACKED_BYTES} bytes long when packed"
            raise GIT_TOO_LARGE.error(url=self._url, problem=problem)

    @contextmanager
    def _failures_typed(self) -> Iterator[None]:
        """What git and the clock say, as outcomes; a clone that isn't complete is thrown away."""
        try:
            yield
        except TimeoutError:
            raise GIT_TIMEOUT.error(url=self._url, seconds=int(SECONDS)) from None
        except OSError as error:
            if error.filename == "git":
                raise GIT_NOT_INSTALLED.error() from error
            raise GIT_NOT_KEPT.error(url=self._url, problem=error.strerror) from error
        except GitFailed as error:
            raise meaning(error.said, self._url) from None
        finally:
            if not self._complete.exists():
                shutil.rmtree(self.home, ignore_errors=True)


def forget(folder: Path, kept: Container[Path]) -> int:
    """Delete the clones below a folder, without those whose `home` is kept, and those that somebody
    is at work on; returns how many."""
    homes = (each for each in sorted(folder.glob("*")) if each.is_dir() and each not in kept)
    return sum(map(_forget, homes))


def _forget(home: Path) -> bool:
    """The lock's file stays: it is empty, and somebody may be about to lock it."""
    with _lock_of(home).open("w") as file:
        if not _is_locked(file):
            return False
        shutil.rmtree(home, ignore_errors=True)
        return not home.exists()


def _lock_of(home: Path) -> Path:
    return home.with_name(f"{home.name}.lock")


def _is_locked(file: IO[str]) -> bool:
    """Whether it could be locked; it is until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def meaning(said: str, url: str) -> OutcomeError:
    """What git said at its end, as the outcome of reaching a repository."""
    lowered = said.lower()
    for words, kind in _SAID:
        if words.lower() in lowered:
            return kind.error(url=url)
    told = [line for line in said.splitlines() if line.startswith(("fatal:", "error:", "ssh:"))]
    problem = (told or ["git gave no reason"])[0].partition(":")[2].strip()[:200]
    return GIT_UNREACHABLE.error(url=url, problem=problem)


class _Weight:
    """What a checkout would put on the disk, from `ls-tree -r -l -z`. A few bytes of trees can
    name each other so often that they stand for more files than any disk holds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._files = self._bytes = 0
        self._rest = b""

    def add(self, piece: bytes) -> None:
        """Raises OutcomeError (`graph.git_too_large`)."""
        *entries, self._rest = (self._rest + piece).split(b"\0")
        self._files += len(entries)
        self._bytes += sum(map(_size, entries))
        if self._files > MAX_TREE_FILES:
            raise GIT_TOO_LARGE.error(
                url=self._url, problem=f"it has more than {MAX_TREE_FILES} files"
            )
        if self._bytes > MAX_TREE_BYTES:
            problem = f"its files have more than {MAX_TREE_BYTES} bytes"
            raise GIT_TOO_LARGE.error(url=self._url, problem=problem)


def _size_on_disk(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # git renames a pack once it is whole


def _size(entry: bytes) -> int:
    """Of `MODE TYPE ID SIZE\\tPATH`; a submodule has `-`."""
    size = entry.partition(b"\t")[0].split()[-1]
    return int(size) if size.isdigit() else 0
