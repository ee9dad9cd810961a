"""Whether the cluster that this process works for was asked to stop."""

from __future__ import annotations

from mmap import mmap

# A byte that workers, which are forked from the cluster's first process, share with it. An Event
# has a lock, which a handler of signals must not wait for.
_asked = mmap(-1, 1)


def ask() -> None:
    """Have each running job of the cluster handed back when it next reports its progress."""
    _asked[0] = 1


def withdraw() -> None:
    _asked[0] = 0


def asked() -> bool:
    return _asked[0] == 1
