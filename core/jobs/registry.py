"""Job kinds, declared beside the functions that do the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.jobs.run import Running

Handler = Callable[["Running"], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """`max_attempts`: how often a job whose worker died is started, before it counts as failed."""

    name: str
    title: str
    queue: str
    max_attempts: int
    handler: Handler


_kinds: dict[str, JobKind] = {}


def job_kind(
    name: str, *, title: str, queue: str = "default", max_attempts: int = 3
) -> Callable[[Handler], Handler]:
    """Register a function of a running job; what it returns, JSON, is the job's result."""

    def register(handler: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"job kind {name!r} is declared twice")
        _kinds[name] = JobKind(name, title, queue, max_attempts, handler)
        return handler

    return register


def get(name: str) -> JobKind:
    """Raises KeyError for a kind that no installed app declares."""
    return _kinds[name]


def title(name: str) -> str:
    return _kinds[name].title if name in _kinds else name


def all_kinds() -> list[JobKind]:
    return sorted(_kinds.values(), key=lambda each: each.name)
