"""What the doctor may find. Each code has its entry in docs/operations.md."""

from __future__ import annotations

from core.outcomes import OutcomeKind, Turn, declare

FIX = "Run `manage.py doctor --fix`"


def _declare(name: str, title: str, sentence: str, then: str) -> OutcomeKind:
    return declare(f"doctor.{name}", title=title, sentence=sentence, next=then, turn=Turn.BOT_TEAM)


CHECK_FAILED = _declare(
    "check_failed",
    "A check failed itself",
    "The check of {check} ended with {error}.",
    "See the traceback above; the other checks were made.",
)

# The database
DATABASE_UNREACHABLE = _declare(
    "database_unreachable",
    "Database can't be reached",
    "The database can't be reached: {error}.",
    "See that its server runs, and that DATABASE_URL names it; nothing works without it.",
)
MIGRATIONS_MISSING = _declare(
    "migrations_missing",
    "Migrations are missing",
    "{count} migrations were not applied, the first is {first}.",
    "Run `manage.py prepare` on one host.",
)
DATABASE_AHEAD = _declare(
    "database_ahead",
    "The database is newer than this code",
    "The database has migrations that this code doesn't know: {names}.",
    "Install on this host the version that the others have.",
)
NOT_WAL = _declare(
    "not_wal",
    "SQLite without WAL",
    "SQLite's journal is in the mode {mode}, so readers and writers wait for each other.",
    "Keep the file on a local disk: a network's file systems can't do it.",
)
DATABASE_READ_ONLY = _declare(
    "database_read_only",
    "Database can't be written",
    "The database can't be written: {error}.",
    "See the rights of its file and folder, or of its role, and whether the disk is full.",
)
DATABASE_SLOW = _declare(
    "database_slow",
    "Database is slow",
    "A query that does nothing takes {milliseconds:.0f} ms.",
    "See the load of its host, and how far away it is: a page asks up to twelve times.",
)

# The queue
BROKER_UNREACHABLE = _declare(
    "broker_unreachable",
    "The queue can't be reached",
    "{broker} can't be reached: {error}.",
    "See that it runs, and that REDIS_URL names it. Jobs are kept, and start once it is back.",
)
QUEUE_STUCK = _declare(
    "queue_stuck",
    "Jobs wait for long",
    "{count} jobs wait on the queue {queue}, the first for {waiting}.",
    "See that workers of that queue run, and what their log says; more of them may be needed.",
)
NO_WORKER = _declare(
    "no_worker",
    "Nobody works for a queue",
    "No cluster of the queue {queue} was heard of in the last minutes.",
    "Start one: `manage.py up` on one machine, `manage.py work {queue}` on several.",
)
VERSIONS_DIFFER = _declare(
    "versions_differ",
    "Hosts run different versions",
    "Processes of one site differ in version or migrations: {versions}.",
    "Bring all to the same version: `manage.py prepare` once, then restart workers, then web.",
)

# Schedules
SILENT = _declare(
    "silent",
    "No sign of the bot",
    "No schedule has run for {silence}.",
    "See that the cluster of the default queue runs, and what its log says.",
)
SCHEDULES_MISSING = _declare(
    "schedules_missing",
    "Schedules are missing",
    "These schedules are not in the database: {names}.",
    f"{FIX}, or `manage.py prepare`.",
)
SCHEDULE_PAUSED = _declare(
    "schedule_paused",
    "A schedule is paused",
    "The schedule {name} is paused.",
    "If that is no longer meant, resume it in the admin, under heartbeats.",
)
CHECKS_PAUSED = _declare(
    "checks_paused",
    "Checks are paused",
    "Nothing is checked: {who} paused all checks{why}.",
    "If that is no longer meant, resume them on the page of the queue.",
)

# Leases
LEASES_STUCK = _declare(
    "leases_stuck",
    "Leases that nobody holds",
    "{count} {what} are held by a lease that ran out long ago, or lasts longer than any does.",
    f"{FIX}: it lets go of them. If they come back, compare the clocks of all hosts.",
)

# What belongs together
BROKEN_REFERENCES = _declare(
    "broken_references",
    "Rows refer to nothing",
    "The database breaks its own rules: {error}.",
    "Restore a backup that was made before; such rows come from a damaged file or another program.",
)
WATCHED_FOR_NOBODY = _declare(
    "watched_for_nobody",
    "Watched for channels that are gone",
    "{count} packages are watched for channels that are gone: {channels}.",
    f"{FIX}: it stops watching them, and keeps their history.",
)
WATCHED_WITHOUT_FEEDSTOCK = _declare(
    "watched_without_feedstock",
    "Watched without a feedstock",
    "{count} packages are watched whose feedstock is gone: {names}.",
    f"{FIX}: it watches again just what the channels have.",
)
EDGES_OF_GONE = _declare(
    "edges_of_gone",
    "Edges of feedstocks that are gone",
    "{count} edges of the graph belong to feedstocks that were gone before it was last built.",
    f"{FIX}: it has the whole graph built.",
)
DECISIONS_ON_NOTHING = _declare(
    "decisions_on_nothing",
    "Decisions on packages that are gone",
    "{count} decisions of people are about packages that nobody watches: {names}.",
    "Nothing, if these may come back; else undo them in the admin, under overrides.",
)

# Hosts
CLOCK_DIFFERS = _declare(
    "clock_differs",
    "Clocks differ",
    "The clock of {whose} and that of this host differ by {seconds:.0f} s.",
    "Have all hosts set their clocks by NTP: leases and rate limits go by the time of day.",
)
UNREACHABLE = _declare(
    "unreachable",
    "A host can't be reached",
    "{host}, which is asked for {packages} packages, gave no answer: {why}",
    "Try it from this host with curl; proxies, mirrors and authorities are in docs/settings.md.",
)
TOKEN_MISSING = _declare(
    "token_missing",
    "No token",
    "{setting} is not set: {effect}.",
    "Nothing, if that is meant; else make a token at GitHub and set it, best as a file.",
)
TOKEN_UNUSABLE = _declare(
    "token_unusable",
    "A token is of no use",
    "The token in {setting} could not be tried: {why}",
    "Make a new one if it is refused; else see that BOTSITE_GITHUB_API can be reached.",
)
TOKEN_SCOPES = _declare(
    "token_scopes",
    "A token may do too little",
    "The token in {setting} has the scopes {scopes}, but needs {wanted}.",
    "Give it that scope at GitHub, or make a new one.",
)
TOKEN_SPENT = _declare(
    "token_spent",
    "A token is nearly spent",
    "GitHub allows the token in {setting} {left} more requests, of {limit}, until {until}.",
    "Nothing, if that is rare; else see who else uses the token.",
)
TOKEN_EXPIRES = _declare(
    "token_expires",
    "A token expires soon",
    "The token in {setting} expires on {day}.",
    "Make a new one, and set it before that day.",
)

# This machine
CREDENTIALS_UNUSABLE = _declare(
    "credentials_unusable",
    "Credentials can't be used",
    "The file of credentials can't be used: {error}.",
    "Mend the file that BOTSITE_CREDENTIALS_FILE names; docs/settings.md says how it looks.",
)
FILE_OPEN = _declare(
    "file_open",
    "Others can read a secret",
    "{path} can be read by others on this machine (mode {mode}).",
    "Let its owner alone read it: `chmod 600 {path}`; `manage.py doctor --fix` does so for ours.",
)
SECRET_WEAK = _declare(
    "secret_weak",
    "The secret key is weak",
    "BOTSITE_SECRET_KEY has {length} characters; whoever guesses it can sign in as anybody.",
    "Set a random one of 50 characters, or none: then one is made and kept in var/.",
)
DISK_FULL = _declare(
    "disk_full",
    "The disk is nearly full",
    "{free} are left on the disk of {path}.",
    "Make room; `manage.py prune` and a lower BOTSITE_KEPT_PAGES_MB help.",
)
WAL_LARGE = _declare(
    "wal_large",
    "SQLite's log grows",
    "The log of changes beside the database has {size}: some process has read for very long.",
    "Restart the site's processes; if it grows again, find who keeps the database open.",
)
STATIC_STALE = _declare(
    "static_stale",
    "Static files are not those of this version",
    "{count} static files were not collected, or are older ones: {names}.",
    f"{FIX}, or `manage.py collectstatic`, then restart the web processes.",
)
DEBUG_ON = _declare(
    "debug_on",
    "Debug pages are on",
    "BOTSITE_DEBUG is on: pages of errors show settings and code.",
    "Turn it off where others than you can reach the site.",
)
SETTING_WRONG = _declare(
    "setting_wrong",
    "A setting is wrong",
    "{message}",
    "{hint}",
)
