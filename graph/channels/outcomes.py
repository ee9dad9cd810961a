"""How looking into a channel can end: `graph.*`, beside those of specs in `graph.outcomes`."""

from __future__ import annotations

from core.outcomes import Turn, declare

BAD_GIT_PLACE = declare(
    "graph.bad_git_place",
    title="Not a git repository's place",
    sentence="The place of the git repository can't be used: {problem}.",
    next="Write git:URL, git:URL#BRANCH or git:URL#BRANCH:SUBDIR, for example "
    "git:https://git.example.org/recipes.git#main:recipes.",
)
CREDENTIALS_IN_URL = declare(
    "graph.credentials_in_url",
    title="Password in a URL",
    sentence="The URL of the repository at {host} holds a password, which would be shown to all.",
    next="Take it out of the URL; name the origin and a file with the header to send in "
    "BOTSITE_CREDENTIALS_FILE, or use ssh with a key.",
)
GIT_NOT_INSTALLED = declare(
    "graph.git_not_installed",
    title="git is not installed",
    sentence="Channels of kind git need the program git, which is not on the PATH.",
    next="Install git (2.32 or newer) where the workers run.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
GIT_UNREACHABLE = declare(
    "graph.git_unreachable",
    title="Repository unreachable",
    sentence="{url} can't be fetched: {problem}.",
    next="Nothing to do yet: it is tried again in 15 minutes. If it persists, check the URL and "
    "the way from this machine to its host.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
GIT_NO_REPOSITORY = declare(
    "graph.git_no_repository",
    title="No such repository",
    sentence="There is no git repository at {url}.",
    next="Check the URL; a private repository may look like this to someone without access.",
    turn=Turn.BOT_TEAM,
)
GIT_LOGIN_NEEDED = declare(
    "graph.git_login_needed",
    title="Login needed",
    sentence="{url} is not given to us without a login, or not with ours.",
    next="For https name the origin in BOTSITE_CREDENTIALS_FILE; for ssh give the workers' user a "
    "key and the host's entry in known_hosts. A wrong URL can end like this too.",
    turn=Turn.BOT_TEAM,
)
GIT_NO_BRANCH = declare(
    "graph.git_no_branch",
    title="No such branch",
    sentence="{url} has no branch {branch}.",
    next="Check the name of the branch, or leave it out for the default branch.",
    turn=Turn.BOT_TEAM,
)
GIT_EMPTY = declare(
    "graph.git_empty",
    title="Empty repository",
    sentence="{url} has no commit on its default branch yet.",
    next="Push the recipes; the repository is looked at again in 15 minutes.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
GIT_TIMEOUT = declare(
    "graph.git_timeout",
    title="Fetching took too long",
    sentence="Fetching {url} was stopped after {seconds} seconds.",
    next="It is tried again in 15 minutes. A repository that is always too slow is better cloned "
    "by a cron job and tracked with dir:PATH.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
GIT_TOO_LARGE = declare(
    "graph.git_too_large",
    title="Repository too large",
    sentence="{url} is too large: {problem}.",
    next="Track a repository that holds recipes only, or clone it yourself and use dir:PATH.",
    turn=Turn.BOT_TEAM,
)
GIT_BUSY = declare(
    "graph.git_busy",
    title="Clone in use",
    sentence="Another worker is reading the clone of {url}.",
    next="Nothing to do: it is tried again in 15 minutes.",
    transient=True,
    turn=Turn.NOBODY,
)
GIT_NOT_KEPT = declare(
    "graph.git_not_kept",
    title="Clone can't be kept",
    sentence="The clone of {url} can't be written: {problem}.",
    next="Check the room and the permissions of the folder BOTSITE_VAR_DIR.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
GIT_NO_SUBDIR = declare(
    "graph.git_no_subdir",
    title="No such directory in the repository",
    sentence="{url} has no directory {subdir} on this branch.",
    next="Check the part of the spec behind the last colon.",
    turn=Turn.BOT_TEAM,
)

NO_BOT_DATA = declare(
    "graph.no_bot_data",
    title="Not the bot's data",
    sentence="{path} is no checkout of the bot's data repository: {problem}.",
    next="Give the folder with all_feedstocks.json and node_attrs/ in it.",
    turn=Turn.BOT_TEAM,
)
NO_NODE = declare(
    "graph.no_node",
    title="Unknown to the bot",
    sentence="The bot's data has no node for {name}.",
    next="Nothing to do yet: the bot adds it when it first reads the feedstock.",
    turn=Turn.NOBODY,
)
BAD_NODE = declare(
    "graph.bad_node",
    title="Unreadable node",
    sentence="The node of {name} in the bot's data can't be used: {problem}.",
    next="Update the checkout; if it stays, report it to those who run the bot.",
    turn=Turn.BOT_TEAM,
)

BAD_OWNER = declare(
    "graph.bad_owner",
    title="Not an organisation's name",
    sentence="{owner!r} can't be the name of an organisation or account on GitHub.",
    next="Write github:ORG, for example github:conda-forge.",
)
HALF_ANSWERED = declare(
    "graph.half_answered",
    title="Half an answer",
    sentence="GitHub gave only a part of {name}: {problem}.",
    next="Nothing to do yet: it is asked again in 15 minutes.",
    transient=True,
    turn=Turn.UPSTREAM,
)
NO_TEXT = declare(
    "graph.no_text",
    title="No text to be had",
    sentence="The forge does not give the text of {path}: it is binary, or too long.",
    next="Commit the file as UTF-8 text of less than 512 kB.",
)
BAD_ARCHIVE = declare(
    "graph.bad_archive",
    title="Unreadable archive",
    sentence="The archive of {name} can't be read: {problem}.",
    next="Nothing to do yet: it is fetched again in 15 minutes.",
    transient=True,
    turn=Turn.UPSTREAM,
)
