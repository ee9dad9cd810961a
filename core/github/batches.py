"""Many things in few queries: batches that shrink where GitHub can't cope, and grow again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from core.github.client import Answer
from core.outcomes import Outcome, OutcomeError

MOST = 40
HOPELESS = 3  # items in a row that fail even alone

# What a smaller query may avoid: GitHub gives up on those that cost it too much time or memory.
_TOO_MUCH = frozenset(
    {
        "github.query_failed",
        "http.bad_body",
        "http.server_error",
        "http.timeout",
        "http.too_large",
        "http.truncated",
    }
)
_Item = TypeVar("_Item")


def in_batches(
    items: Sequence[_Item], ask: Callable[[Sequence[_Item]], Answer], most: int = MOST
) -> Iterator[tuple[Sequence[_Item], Answer | Outcome]]:
    """Ask about all items, up to `most` at a time; each batch with its answer.

    An item that fails even alone is a batch with an outcome. Raises OutcomeError when HOPELESS of
    those follow each other, as then it isn't the items' fault, and for failures of any other kind.
    """
    size, start, failed_alone = most, 0, 0
    while start < len(items):
        batch = items[start : start + size]
        try:
            answer: Answer | Outcome = ask(batch)
        except OutcomeError as error:
            if error.outcome.code not in _TOO_MUCH:
                raise
            if len(batch) > 1:
                size = len(batch) // 2
                continue
            failed_alone += 1
            if failed_alone == HOPELESS:
                raise
            answer = error.outcome
        else:
            failed_alone = 0
        yield batch, answer
        start += len(batch)
        size = min(most, size * 2)
