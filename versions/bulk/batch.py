"""What a bulk path offers to those who check packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from versions.asking.answers import Answer
from versions.asking.subjects import Subject

# A subject's key, and its answer; None if it has to be looked up singly.
Answered = tuple[str, Answer | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to `most` packages of a lane are answered by one call, of which a process makes `at_once`
    together.

    `answer` gives each subject once, in any order. It touches no database and raises nothing.
    """

    lane: str
    most: int
    at_once: int
    answer: Callable[[Sequence[Subject]], Iterator[Answered]]
