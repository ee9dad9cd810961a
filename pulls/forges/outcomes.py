"""How proposing a change to a forge can end: `pulls.*`, beside those of editing in
`pulls.outcomes`. Forges' own words are quoted only where the sentence says so."""

from __future__ import annotations

from core.outcomes import Turn, declare

NO_REPOSITORY = declare(
    "pulls.no_repository",
    title="No such repository",
    sentence="{host} knows no repository {repository}, or hides it from the bot.",
    next="See whether it was renamed, and whether the token's account may see it.",
    turn=Turn.BOT_TEAM,
)
ARCHIVED = declare(
    "pulls.archived",
    title="Repository archived",
    sentence="{repository} is archived: nothing can be proposed there.",
    next="Nothing to do, unless the feedstock should be revived.",
    turn=Turn.NOBODY,
)
NO_BASE = declare(
    "pulls.no_base",
    title="No branch to propose to",
    sentence="{repository} has no branch {base}.",
    next="See what its default branch is called; the channel learns it at its next reading.",
    turn=Turn.BOT_TEAM,
)
RECIPE_MOVED = declare(
    "pulls.recipe_moved",
    title="Recipe changed meanwhile",
    sentence="{path} in {repository} is not what the proposal was made from.",
    next="Nothing to do: the recipe is read again, and the proposal made from the new text.",
    transient=True,
    turn=Turn.NOBODY,
)
BRANCH_NOT_OURS = declare(
    "pulls.branch_not_ours",
    title="Somebody works on the branch",
    sentence="Somebody other than the bot committed to the branch {branch} of {repository}.",
    next="The bot leaves the branch alone. Finish the pull request by hand, or close it.",
)
BRANCH_MOVED = declare(
    "pulls.branch_moved",
    title="Branch moved meanwhile",
    sentence="The branch {branch} of {repository} moved while it was updated.",
    next="Nothing to do: it is looked at anew.",
    transient=True,
    turn=Turn.NOBODY,
)
FORK_NOT_READY = declare(
    "pulls.fork_not_ready",
    title="Fork not ready",
    sentence="{host} is still making the fork of {repository}.",
    next="Nothing to do: it is tried again later.",
    transient=True,
    turn=Turn.UPSTREAM,
)
FORK_BEHIND = declare(
    "pulls.fork_behind",
    title="Fork behind",
    sentence="The fork {fork} could not be brought up to date with {repository}; {host} says: "
    "{said}.",
    next="It is tried again later. If it stays so, sync the fork by hand, or delete it; the token "
    "needs the right to change workflows where those changed.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
NOT_PERMITTED = declare(
    "pulls.not_permitted",
    title="Not permitted",
    sentence="The bot's account may not {action} in {repository}; {host} says: {said}.",
    next="Give the token the rights to fork, to write contents, and to open pull requests; see "
    "whether the repository or organisation restricts them.",
    turn=Turn.BOT_TEAM,
)
FORGE_REFUSED = declare(
    "pulls.forge_refused",
    title="Forge refused",
    sentence="{host} would not {action} in {repository} and says: {said}.",
    next="See what it says; rules of the repository are a likely reason.",
    turn=Turn.BOT_TEAM,
)
NOTHING_TO_CHANGE = declare(
    "pulls.nothing_to_change",
    title="Nothing to change",
    sentence="{repository} already is as the proposal would have it.",
    next="Nothing to do: the channel learns it at its next reading.",
    turn=Turn.NOBODY,
)
NO_PULL = declare(
    "pulls.no_pull",
    title="No such pull request",
    sentence="{repository} has no pull request {number}.",
    next="It may have been moved with its repository, or deleted by the forge.",
    turn=Turn.BOT_TEAM,
)
STILL_OPEN = declare(
    "pulls.still_open",
    title="Still open",
    sentence="The pull request of the branch {branch} is still open.",
    next="Merge or close it first; then its branch is deleted.",
)
NOT_A_BRANCH_OF_OURS = declare(
    "pulls.not_a_branch_of_ours",
    title="Not a branch of the bot",
    sentence="{branch} has not the shape of a branch that the bot makes.",
    next="Nothing was done to it. Report this to those who run the bot.",
    turn=Turn.BOT_TEAM,
)
PUSH_REFUSED = declare(
    "pulls.push_refused",
    title="Push refused",
    sentence="The repository {repository} took no commit: {said}.",
    next="Give the bot's credential the right to push, or free the branch name from its rules.",
    turn=Turn.BOT_TEAM,
)
NOT_WRITTEN = declare(
    "pulls.not_written",
    title="Patch not written",
    sentence="The patch can't be written: {problem}.",
    next="Check the room and the permissions of the folder BOTSITE_VAR_DIR.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
NO_FORGE = declare(
    "pulls.no_forge",
    title="Nowhere to propose",
    sentence="Nothing can be proposed to a channel of the kind {kind!r}.",
    next="Download the proposal as a patch, or track the feedstocks themselves.",
    turn=Turn.BOT_TEAM,
)
BAD_SIGNATURE = declare(
    "pulls.bad_signature",
    title="Not signed by the forge",
    sentence="The delivery is not signed with the secret of this webhook.",
    next="Enter the same secret at the forge and in BOTSITE_GITHUB_WEBHOOK_SECRET.",
    turn=Turn.BOT_TEAM,
)
BAD_DELIVERY = declare(
    "pulls.bad_delivery",
    title="Delivery not understood",
    sentence="The delivery is not what the forge promises: {problem}.",
    next="Let the webhook send JSON, and only the events that its page here names.",
    turn=Turn.BOT_TEAM,
)
