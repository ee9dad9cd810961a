"""Rows are written a slice at a time, so that no transaction keeps other writers waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 500

T = TypeVar("T")


def slices(items: Iterable[T], size: int = SLICE) -> Iterator[list[T]]:
    """The items in lists of at most `size`; a lazy iterable is read one slice at a time."""
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
