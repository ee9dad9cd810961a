"""How making a backup, or restoring one, can end."""

from __future__ import annotations

from core.outcomes import Turn, declare

EXISTS = declare(
    "backup.exists",
    title="The file exists",
    sentence="{path} exists already; a backup never replaces a file.",
    next="Name another file, such as one with the day in its name.",
    turn=Turn.BOT_TEAM,
)
NOT_WRITTEN = declare(
    "backup.not_written",
    title="Not written",
    sentence="{path} can't be written: {problem}.",
    next="Check the room and the permissions of the folder.",
    turn=Turn.BOT_TEAM,
)
NO_SECRET = declare(
    "backup.no_secret",
    title="No secret key to save",
    sentence="There is no {path}: the secret key comes from BOTSITE_SECRET_KEY.",
    next="Keep it where it is kept now, and leave --with-secret-key out.",
    turn=Turn.BOT_TEAM,
)
NO_TOOL = declare(
    "backup.no_tool",
    title="A program is missing",
    sentence="There is no {tool} on this machine, which a PostgreSQL database needs.",
    next="Install PostgreSQL's client programs (Debian: postgresql-client), of the server's "
    "version or a newer one.",
    turn=Turn.BOT_TEAM,
)
TOOL_FAILED = declare(
    "backup.tool_failed",
    title="The database could not be copied",
    sentence="{tool} ended with an error: {problem}",
    next="Mend that and run the command again; the backup file is as it was.",
    turn=Turn.BOT_TEAM,
)
NOT_A_BACKUP = declare(
    "backup.not_a_backup",
    title="Not a backup",
    sentence="{path} can't be used: {problem}.",
    next="Name a file that the command backup wrote; if this was one, take an older one.",
    turn=Turn.BOT_TEAM,
)
SPOILT = declare(
    "backup.spoilt",
    title="The backup is spoilt",
    sentence="{member} in {path} is not what was written: its digest differs.",
    next="Copy the file again from where it is kept, or take an older one.",
    turn=Turn.BOT_TEAM,
)
NEWER = declare(
    "backup.newer",
    title="The backup is of a newer version",
    sentence="It was made by Botsite {version}, whose database has {migration}, unknown here.",
    next="Install that version or a newer one, with the same BOTSITE_APPS, and restore with it.",
    turn=Turn.BOT_TEAM,
)
OTHER_DATABASE = declare(
    "backup.other_database",
    title="The backup is of another kind of database",
    sentence="It holds a {theirs} database, and DATABASE_URL names a {ours} one.",
    next="Restore it into a {theirs} database. Decisions move between both with "
    "export_decisions; the rest is found again.",
    turn=Turn.BOT_TEAM,
)
NOT_EMPTY = declare(
    "backup.not_empty",
    title="The database is not empty",
    sentence="The database has {what}, which a restore would replace.",
    next="Stop the site, make a backup of what is there, and use --replace.",
    turn=Turn.BOT_TEAM,
)
NO_QUEUE = declare(
    "backup.no_queue",
    title="The queue can't be reached",
    sentence="Redis does not answer ({problem}), and messages of another time may wait in it.",
    next="Start Redis, or correct REDIS_URL, and run the command again.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
