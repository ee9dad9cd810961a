"""How asking GitHub can end, beyond what `http.*` says of any host."""

from __future__ import annotations

from core.outcomes import Turn, declare

TOKEN_REFUSED = declare(
    "github.token_refused",
    title="Token refused",
    sentence="{host} does not accept the token in {setting}.",
    next="Make a new token; it may have expired, been revoked, or belong to another GitHub.",
    turn=Turn.BOT_TEAM,
)
FORBIDDEN = declare(
    "github.forbidden",
    title="Not allowed",
    sentence="{host} forbids what was asked.",
    next="See whether the token has the right to read contents, and whether the organisation "
    "wants it authorised for single sign-on.",
    turn=Turn.BOT_TEAM,
)
TOKEN_NEEDED = declare(
    "github.token_needed",
    title="Token needed",
    sentence="Without a token {host} allows too few requests to {purpose}.",
    next="Set BOTSITE_GITHUB_TOKEN; a token that can only read public repositories is enough for "
    "those. Without one it goes on bit by bit.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
RATE_LIMITED = declare(
    "github.rate_limited",
    title="Budget spent",
    sentence="{host} allows no more requests until {until}.",
    next="Nothing to do: what was read is kept, and the rest is read then.",
    transient=True,
    turn=Turn.NOBODY,
)
NO_OWNER = declare(
    "github.no_owner",
    title="No such organisation",
    sentence="{host} knows no organisation or account {owner!r}.",
    next="Check the name; the token's account must be able to see it.",
    turn=Turn.BOT_TEAM,
)
QUERY_FAILED = declare(
    "github.query_failed",
    title="Query failed",
    sentence="{host} could not answer a query: {problem}.",
    next="Nothing to do yet: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
REFUSED = declare(
    "github.refused",
    title="Refused",
    sentence="{host} refused ({status}): {reason}.",
    next="See what it says; rights of the token and rules of the repository are likely reasons.",
    turn=Turn.BOT_TEAM,
)
BAD_ANSWER = declare(
    "github.bad_answer",
    title="Answer not understood",
    sentence="An answer of {host} is not what its API promises: {problem}.",
    next="See that BOTSITE_GITHUB_API is the base of a GitHub API: https://api.github.com, or "
    "https://HOST/api/v3 for GitHub Enterprise Server.",
    turn=Turn.BOT_TEAM,
)
