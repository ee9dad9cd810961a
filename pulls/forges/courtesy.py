"""Telling people something, where being heard is not what matters."""

from __future__ import annotations

from collections.abc import Callable

from core.outcomes import OK, Outcome, OutcomeError
from pulls.forges.outcomes import ARCHIVED, FORGE_REFUSED, NOT_PERMITTED

_FORBIDDEN = frozenset({ARCHIVED.code, FORGE_REFUSED.code, NOT_PERMITTED.code})


def politely(*acts: Callable[[], None]) -> Outcome:
    """Do what the forge allows of these: the outcome of the last that it forbids for good, or OK.

    Raises OutcomeError for all else, so that it is tried again.
    """
    outcome = OK
    for act in acts:
        try:
            act()
        except OutcomeError as error:
            if error.outcome.code not in _FORBIDDEN:
                raise
            outcome = error.outcome
    return outcome
