"""What GitHub says no to: too many requests, or a request that it won't carry out."""

from __future__ import annotations

import re
from typing import Any

from core.github.budget import Budget
from core.http import DoorError, Response
from core.http.failures import retry_after
from core.outcomes import Outcome, OutcomeError

UNSAID = 60.0  # seconds to wait where GitHub doesn't say how long; its own advice
# With a body that says why; all that is left are successes and failures of the host.
STATUSES = frozenset({401, 403, 404, 409, 410, 422, 429, 451})

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_LONGEST = 300  # characters of what GitHub says


class RateLimited(OutcomeError):
    """GitHub allows this token no more requests for `retry_after` seconds."""

    def __init__(self, outcome: Outcome, retry_after: float) -> None:
        super().__init__(outcome)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[RateLimited], tuple[Outcome, float]]:  # type: ignore[override]
        return type(self), (self.outcome, self.retry_after)


class Refusal(OutcomeError):
    """GitHub won't, for reasons of the request. `said` is its own message, printable and short;
    it may quote names that strangers chose."""

    def __init__(self, outcome: Outcome, status: int, said: str) -> None:
        super().__init__(outcome)
        self.status = status
        self.said = said

    def __reduce__(self) -> tuple[type[Refusal], tuple[Outcome, int, str]]:  # type: ignore[override]
        return type(self), (self.outcome, self.status, self.said)


def seconds_to_wait(error: OutcomeError) -> float | None:
    """How long to leave the account alone after an error; None if waiting is not what it asks."""
    if isinstance(error, RateLimited | DoorError):
        return error.retry_after
    return None


def said(response: Response) -> str:
    """The messages of a refusal, the general one first."""
    try:
        document: Any = response.json()
    except DoorError:
        return ""
    if not isinstance(document, dict):
        return ""
    errors = document.get("errors")
    messages = [document.get("message"), *map(_message, errors if isinstance(errors, list) else ())]
    text = "; ".join(str(each).rstrip(".") for each in messages if each)
    return _UNPRINTABLE.sub(" ", text)[:_LONGEST].strip()


def _message(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or f"{error.get('field', '')} {error.get('code', '')}".strip())


def limit_of(response: Response, message: str) -> float | None:
    """Seconds to wait if a refusal is for the number of requests, not for the request itself."""
    asked = retry_after(response.headers)
    limited = response.status == 429 or asked is not None or "rate limit" in message.lower()
    if response.status not in (403, 429) or not limited:
        return None
    budget = Budget.of_headers(response.headers)
    return asked or (budget.wait() if budget else 0.0) or UNSAID
