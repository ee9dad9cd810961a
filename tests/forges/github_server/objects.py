"""Git's objects, real ones, shared by a repository and its forks as GitHub shares them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from dulwich.object_store import MemoryObjectStore, commit_tree_changes, iter_tree_contents
from dulwich.objects import Blob, Commit, Tree

FILE = 0o100644


class Objects:
    """Ids are hexadecimal text throughout."""

    def __init__(self) -> None:
        self._store = MemoryObjectStore()

    def __contains__(self, oid: str) -> bool:
        return oid.encode() in self._store

    def tree(self, base: str | None, changes: Mapping[str, str | None]) -> str:
        """A tree like `base` with other texts; None removes a file, which must be there."""
        tree = self._store[base.encode()] if base else Tree()
        if not base:
            self._store.add_object(tree)
        entries = [(path.encode(), *self._entry(text)) for path, text in changes.items()]
        return str(commit_tree_changes(self._store, tree, entries).decode())

    def _entry(self, text: str | None) -> tuple[int | None, bytes | None]:
        if text is None:
            return None, None
        blob = Blob.from_string(text.encode())
        self._store.add_object(blob)
        return FILE, blob.id

    def commit(
        self, tree: str, parents: Iterable[str], message: str, author: str, committer: str = ""
    ) -> str:
        commit = Commit()
        commit.tree = tree.encode()
        commit.parents = [parent.encode() for parent in parents]
        commit.author = address(author)
        commit.committer = address(committer or author)
        commit.author_time = commit.commit_time = int(time.time())
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = message.encode()
        self._store.add_object(commit)
        return str(commit.id.decode())

    def get_commit(self, oid: str) -> Commit | None:
        found = self._store[oid.encode()] if oid in self else None
        return found if isinstance(found, Commit) else None

    def tree_of(self, commit: str) -> str:
        return str(self._store[commit.encode()].tree.decode())

    def files(self, commit: str) -> dict[str, str]:
        """Paths and the ids of their blobs."""
        tree = self._store[commit.encode()].tree
        return {
            entry.path.decode(): entry.sha.decode()
            for entry in iter_tree_contents(self._store, tree)
        }

    def text(self, blob: str) -> str:
        return str(self._store[blob.encode()].data.decode())

    def history(self, commit: str) -> list[str]:
        """A commit and all that came before, newest first along first parents."""
        seen, waiting = [], [commit]
        while waiting:
            oid = waiting.pop(0)
            if oid not in seen:
                seen.append(oid)
                waiting += [parent.decode() for parent in self._store[oid.encode()].parents]
        return seen

    def only_in(self, head: str, base: str) -> list[str]:
        """Commits of one history that another hasn't, oldest first."""
        known = set(self.history(base))
        return [oid for oid in reversed(self.history(head)) if oid not in known]

    def merge_base(self, one: str, other: str) -> str:
        theirs = set(self.history(other))
        return next(oid for oid in self.history(one) if oid in theirs)

    def changes(self, before: str, after: str) -> dict[str, str | None]:
        """What blobs a commit has where another has others; None for a file that is gone."""
        old, new = self.files(before), self.files(after)
        return {path: new.get(path) for path in old | new if old.get(path) != new.get(path)}

    def conflict(self, base: str, head: str) -> bool:
        """Whether both changed a file since they parted, and not to the same."""
        parted = self.merge_base(base, head)
        here, there = self.changes(parted, base), self.changes(parted, head)
        return any(here[path] != there[path] for path in here.keys() & there.keys())


def address(login: str) -> bytes:
    return f"{login} <{login}@people.example>".encode()


def login_of(address: bytes, known: Iterable[str]) -> str | None:
    """The account of an address, None for a stranger's."""
    login = address.decode().rpartition("<")[2].partition("@")[0]
    return login if login in known and address.endswith(b"@people.example>") else None
