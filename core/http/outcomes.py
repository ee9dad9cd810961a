"""How a request can end, other than well. No sentence holds more of a URL than its host: paths
and queries may carry secrets of the operator.
"""

from __future__ import annotations

from typing import Any

from core.outcomes import Outcome, OutcomeError, OutcomeKind, Turn, declare

BAD_URL = declare(
    "http.bad_url",
    title="Not a URL to fetch",
    sentence="The URL cannot be fetched: {reason}.",
    next="Correct the URL in the recipe; only plain http and https URLs are fetched.",
)
REFUSED_ADDRESS = declare(
    "http.refused_address",
    title="Address refused",
    sentence="{host} was not contacted: {reason}.",
    next="Only public addresses are fetched. If {host} is a server of yours, name its origin in "
    "BOTSITE_TRUSTED_ORIGINS.",
)
UNREACHABLE = declare(
    "http.unreachable",
    title="Host unreachable",
    sentence="{host} could not be reached: {reason}.",
    next="Nothing to do yet: it is tried again later. If it persists, see whether {host} still "
    "exists and can be reached from this machine.",
    transient=True,
    turn=Turn.UPSTREAM,
)
UNKNOWN_HOST = declare(
    "http.unknown_host",
    title="Host unknown",
    sentence="No host is known by the name {host}.",
    next="It is tried again later. If {host} is gone for good, correct the URL in the recipe.",
    transient=True,
)
TIMEOUT = declare(
    "http.timeout",
    title="Timed out",
    sentence="{host} did not answer in full in time.",
    next="Nothing to do yet: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
BUSY = declare(
    "http.busy",
    title="No turn in time",
    sentence="Too many other requests to {host} were waiting.",
    next="Nothing to do: it is tried again later. BOTSITE_HOST_LIMITS says how much a host is "
    "asked at once.",
    transient=True,
    turn=Turn.NOBODY,
)
LEFT_ALONE = declare(
    "http.left_alone",
    title="Host left alone for now",
    sentence="{host} was not asked: {reason}.",
    next="Nothing to do: it is asked again after a pause, which the hosts page shows.",
    transient=True,
    turn=Turn.NOBODY,
)
TLS = declare(
    "http.tls",
    title="No trusted connection",
    sentence="No trusted connection to {host} could be made: {reason}.",
    next="If {host} has a certificate of a private authority, add that to BOTSITE_CA_BUNDLE; "
    "else its owner must repair it.",
    turn=Turn.UPSTREAM,
)
PROXY = declare(
    "http.proxy",
    title="Proxy refused",
    sentence="The proxy would not connect to {host}: {reason}.",
    next="See the proxy settings, and whether the proxy allows {host}.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
NOT_HTTP = declare(
    "http.not_http",
    title="Not an HTTP answer",
    sentence="{host} answered with something other than HTTP.",
    next="See whether the URL in the recipe is still the right one.",
    turn=Turn.UPSTREAM,
)
TRUNCATED = declare(
    "http.truncated",
    title="Answer cut short",
    sentence="{host} ended its answer before it was complete.",
    next="Nothing to do yet: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
TOO_LARGE = declare(
    "http.too_large",
    title="Answer too large",
    sentence="The answer of {host} is larger than {limit} bytes.",
    next="Choose a smaller page or another source of versions.",
)
TOO_MANY_REDIRECTS = declare(
    "http.too_many_redirects",
    title="Too many redirects",
    sentence="{host} redirects in a circle or too often.",
    next="See where the URL in the recipe leads, and write that one instead.",
    turn=Turn.UPSTREAM,
)
NOT_FOUND = declare(
    "http.not_found",
    title="Not found",
    sentence="{host} has no such page (404).",
    next="See whether the project has moved, and correct the URL in the recipe.",
)
GONE = declare(
    "http.gone",
    title="Gone",
    sentence="{host} says that the page is gone for good (410).",
    next="The project has moved or ended: correct the URL in the recipe, or archive the feedstock.",
)
RATE_LIMITED = declare(
    "http.rate_limited",
    title="Rate limited",
    sentence="{host} asks us to send fewer requests.",
    next="Nothing to do: it is tried again when {host} allows it. A token for {host} may raise "
    "the limit.",
    transient=True,
    turn=Turn.NOBODY,
)
FORBIDDEN = declare(
    "http.forbidden",
    title="Forbidden",
    sentence="{host} refuses access ({status}).",
    next="If the page needs a login, add a credential for {host} to BOTSITE_CREDENTIALS_FILE; "
    "else choose another URL.",
    turn=Turn.BOT_TEAM,
)
SERVER_ERROR = declare(
    "http.server_error",
    title="Server error",
    sentence="{host} has a problem of its own ({status}).",
    next="Nothing to do yet: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
UNEXPECTED_STATUS = declare(
    "http.unexpected_status",
    title="Unexpected answer",
    sentence="{host} gave an answer that is not understood ({status}).",
    next="Open the URL of the recipe in a browser to see what {host} says.",
)
BAD_BODY = declare(
    "http.bad_body",
    title="Unreadable answer",
    sentence="The answer of {host} cannot be read: {reason}.",
    next="Open the URL in a browser: an error page or a changed service is likely.",
    turn=Turn.UPSTREAM,
)


class DoorError(OutcomeError):
    """A request ended without an answer that the caller accepts.

    `status` is the HTTP status, if there was one; `retry_after` the seconds to wait that the host
    asked for, if it did.
    """

    def __init__(
        self, outcome: Outcome, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(outcome)
        self.status = status
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type[DoorError], tuple[Outcome, int | None, float | None]]:  # type: ignore[override]
        return type(self), (self.outcome, self.status, self.retry_after)


def door_error(
    kind: OutcomeKind,
    *,
    status: int | None = None,
    retry_after: float | None = None,
    **context: Any,
) -> DoorError:
    """The error of a declared kind; `context` fills its sentences."""
    outcome = kind.outcome(status=status, **context)
    return DoorError(outcome, status=status, retry_after=retry_after)
