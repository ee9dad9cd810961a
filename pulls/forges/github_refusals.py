"""What GitHub's refusals mean for a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.github import GitHub, Refusal
from core.outcomes import OutcomeError
from pulls.forges.outcomes import ARCHIVED, FORGE_REFUSED, NOT_PERMITTED

# What a token may not see, it may not do either: GitHub says 404 instead of 403.
_NOT_PERMITTED = frozenset({403, 404, 451})


@contextmanager
def doing(github: GitHub, action: str, repository: str) -> Iterator[None]:
    """Raises OutcomeError for what GitHub refuses inside: `pulls.archived`, `pulls.not_permitted`,
    `pulls.forge_refused`. `action` completes "the bot may not ..."."""
    try:
        yield
    except Refusal as refusal:
        raise _meaning(refusal, github.host, action, repository) from None


def _meaning(refusal: Refusal, host: str, action: str, repository: str) -> OutcomeError:
    if "archived" in refusal.said.lower():
        return ARCHIVED.error(repository=repository)
    kind = NOT_PERMITTED if refusal.status in _NOT_PERMITTED else FORGE_REFUSED
    said = refusal.said or f"status {refusal.status}"
    return kind.error(host=host, action=action, repository=repository, said=said)
