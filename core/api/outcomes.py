"""How a request of a program can end, other than well."""

from __future__ import annotations

from core.outcomes import Turn, declare

NOT_SIGNED_IN = declare(
    "api.not_signed_in",
    title="Not signed in",
    sentence="This needs to know who you are: {reason}.",
    next="Send a token of your account page as `Authorization: Bearer TOKEN`.",
)
FORGED = declare(
    "api.forged",
    title="Not sent by this site",
    sentence="The request carries a session, but no proof that a page of this site sent it.",
    next="Send the header X-CSRFToken, or use a token instead of the session.",
)
SCOPE_MISSING = declare(
    "api.scope_missing",
    title="Token not made for this",
    sentence="The token {token} has no scope {scope}.",
    next="Make a token with the scope {scope} on your account page.",
)
FORBIDDEN = declare(
    "api.forbidden",
    title="Not allowed",
    sentence="{person} may not do that.",
    next="Maintainers act on their own packages, the bot team on all. Ask whoever runs this bot.",
)
TOO_OFTEN = declare(
    "api.too_often",
    title="Too often",
    sentence="{person} did {acts} things in the last hour, which is the most that is allowed.",
    next="Wait some minutes, then go on.",
    transient=True,
)
NOT_FOUND = declare(
    "api.not_found",
    title="Not found",
    sentence="{what}",
    next="See what there is: /api/v1/openapi.json lists all addresses.",
)
INVALID = declare(
    "api.invalid_request",
    title="Request not understood",
    sentence="The request can't be understood: {problem}",
    next="Correct it; /api/v1/openapi.json says what is expected.",
)
NOTHING_TO_DO = declare(
    "api.nothing_to_do",
    title="Nothing to do",
    sentence="{what}",
    next="Nothing: it is as you wanted it.",
    turn=Turn.NOBODY,
)
