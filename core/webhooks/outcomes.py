"""How registering a webhook, or telling one, can end."""

from __future__ import annotations

from core.outcomes import Turn, declare

BAD_TARGET = declare(
    "webhooks.bad_target",
    title="Not an address to tell",
    sentence="{url} can't be told of events: {reason}.",
    next="Give an https address. If it is on a private network, name its origin in "
    "BOTSITE_TRUSTED_ORIGINS.",
)
GIVEN_UP = declare(
    "webhooks.given_up",
    title="Given up",
    sentence="After {attempts} attempts nobody tries again; the last one ended so: {message}",
    next="Repair the receiver, then send the delivery again from the webhook's page.",
    turn=Turn.BOT_TEAM,
)
ENDED = declare(
    "webhooks.ended",
    title="Webhook ended",
    sentence="The webhook was ended before this could be told.",
    next="Nothing.",
    turn=Turn.NOBODY,
)
