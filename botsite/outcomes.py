"""How the bot as a whole may be unwell."""

from __future__ import annotations

from core.outcomes import Turn, declare

SILENT = declare(
    "botsite.silent",
    title="No sign of the bot",
    sentence="No schedule has run for {silence}: nothing is planned, checked or built.",
    next="See that the cluster of the default queue runs, and what its log says.",
    turn=Turn.BOT_TEAM,
)
SCHEDULE_FAILS = declare(
    "botsite.schedule_fails",
    title="A schedule fails",
    sentence="The schedule {name} failed when it last ran: {message}",
    next="The log of the default queue has the details; it is run again by itself.",
    turn=Turn.BOT_TEAM,
)
NO_FOLDER = declare(
    "botsite.no_folder",
    title="No such folder",
    sentence="There is no folder {path}.",
    next="Make it, or correct the path.",
    turn=Turn.BOT_TEAM,
)
