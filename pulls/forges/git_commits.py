"""Commits made and read in a folder of git objects, without a working tree."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dulwich import objects
from dulwich.object_store import DiskObjectStore, commit_tree_changes, tree_lookup_path

FILE = 0o100644


@dataclass(frozen=True, slots=True)
class Commit:
    """`committer` is `NAME <ADDRESS>`."""

    id: str
    parents: tuple[str, ...]
    committer: str


class Commits:
    """Those in the object folder of a repository. Ids are hexadecimal text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, oid: str) -> Commit:
        """Raises KeyError, for a commit that isn't there."""
        with self._store() as store:
            return _commit(_get(store, oid))

    def blobs(self, oid: str, *paths: str) -> dict[str, str]:
        """The ids of files at a commit, empty for what isn't there or is no file."""
        with self._store() as store:
            return {path: _find(store, oid, path)[1] for path in paths}

    def changed(self, oid: str) -> dict[str, str]:
        """What a commit changed: paths and the ids of their new blobs, empty for a file that it
        removed. Nothing for a commit without a parent."""
        with self._store() as store:
            commit = _get(store, oid)
            if not commit.parents:
                return {}
            before = _get(store, commit.parents[0].decode()).tree
            changes = store.tree_changes(before, commit.tree)
            return {_text(new or old): _text(blob) for (old, new), _, (_, blob) in changes}

    def make(
        self, base: Commit, files: Mapping[str, str | None], message: str, author: str
    ) -> Commit:
        """A commit on top of another, with these texts; None removes a file. What was executable
        stays so."""
        with self._store() as store:
            changes: list[tuple[bytes, int | None, objects.ObjectID | None]] = []
            for path, text in files.items():
                mode = _find(store, base.id, path)[0]
                changes.append((path.encode(), *_entry(store, text, mode)))
            commit = objects.Commit()
            commit.tree = commit_tree_changes(store, _get(store, base.id).tree, changes)
            commit.parents = [objects.ObjectID(base.id.encode())]
            commit.author = commit.committer = author.encode()
            commit.author_time = commit.commit_time = int(time.time())
            commit.author_timezone = commit.commit_timezone = 0
            commit.encoding = b"UTF-8"
            commit.message = f"{message}\n".encode()
            store.add_object(commit)
            return _commit(commit)

    @contextmanager
    def _store(self) -> Iterator[DiskObjectStore]:
        store = DiskObjectStore(str(self._folder))
        try:
            yield store
        finally:
            store.close()


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="surrogateescape")


def _get(store: DiskObjectStore, oid: str) -> objects.Commit:
    found = store[objects.ObjectID(oid.encode())]
    if not isinstance(found, objects.Commit):
        raise KeyError(oid)
    return found


def _commit(found: objects.Commit) -> Commit:
    parents = tuple(parent.decode() for parent in found.parents)
    return Commit(found.id.decode(), parents, found.committer.decode(errors="replace"))


def _find(store: DiskObjectStore, oid: str, path: str) -> tuple[int, str]:
    """Mode and id of a file, 0 and nothing where there is none."""
    try:
        mode, blob = tree_lookup_path(store.__getitem__, _get(store, oid).tree, path.encode())
    except (KeyError, NotADirectoryError, ValueError):
        return 0, ""
    return (mode, blob.decode()) if stat.S_ISREG(mode) else (0, "")


def _entry(
    store: DiskObjectStore, text: str | None, mode: int
) -> tuple[int | None, objects.ObjectID | None]:
    if text is None:
        return None, None
    blob = objects.Blob.from_string(text.encode())
    store.add_object(blob)
    return mode or FILE, blob.id
