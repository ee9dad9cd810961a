"""What can be wrong with a file of decisions."""

from __future__ import annotations

from core.outcomes import Turn, declare

BAD_FILE = declare(
    "decisions.bad_file",
    title="Not a file of decisions",
    sentence="The file can't be used: {problem}.",
    next="Correct it there; export_decisions writes one to compare with.",
    turn=Turn.BOT_TEAM,
)
UNKNOWN_TARGET = declare(
    "decisions.unknown_target",
    title="Nothing of that name here",
    sentence="{section} has no {target} here.",
    next="Track its channel first, take the entry out, or leave such entries out with "
    "--skip-unknown.",
    turn=Turn.BOT_TEAM,
)
NOT_WRITTEN = declare(
    "decisions.not_written",
    title="The file can't be written",
    sentence="{path} can't be written: {problem}.",
    next="Name a file in a folder that exists and that you may write to.",
    turn=Turn.BOT_TEAM,
)
