"""How a search for the newest version can end, besides `ok` and the `http.*` codes of the door."""

from __future__ import annotations

from core.outcomes import Turn, declare

NO_URL = declare(
    "versions.no_url",
    title="No source URL",
    sentence="{name} downloads nothing, so there is no upstream to ask.",
    next="Nothing to do for a metapackage; else give the recipe a source URL.",
    turn=Turn.NOBODY,
)
NO_SOURCE = declare(
    "versions.no_source",
    title="No source knows this URL",
    sentence="No version source knows where {name} comes from: {urls}.",
    next="Download from a host that a source serves, or ask for a source for this host.",
    turn=Turn.BOT_TEAM,
)
SOURCES_EXCLUDED = declare(
    "versions.sources_excluded",
    title="Settings exclude every source",
    sentence="The setting version_updates.sources allows {allowed}, but {able} serves {name}.",
    next="Add one of them to version_updates.sources in conda-forge.yml, or remove the setting.",
)
PROJECT_NOT_FOUND = declare(
    "versions.project_not_found",
    title="Project not found",
    sentence="{title} has no project {project}, or it is not public.",
    next="Check whether upstream was renamed, moved or removed, and update the recipe's URL.",
)
PROJECT_ARCHIVED = declare(
    "versions.project_archived",
    title="Project archived upstream",
    sentence="{title} lists {project} no longer; at most its archive is left.",
    next="Nothing, unless upstream returns; consider archiving the feedstock.",
    turn=Turn.NOBODY,
)
NO_CANDIDATES = declare(
    "versions.no_candidates",
    title="No versions upstream",
    sentence="{title} knows {project}, but lists no versions of it.",
    next="Check whether upstream publishes its releases elsewhere.",
    turn=Turn.UPSTREAM,
)
ALL_REJECTED = declare(
    "versions.all_rejected",
    title="Every version was rejected",
    sentence="None of the {count} versions that {title} lists for {project} is acceptable: {why}.",
    next="Read the verdicts; then adjust the settings, or the recipe's URL if its tags changed.",
)
ONLY_WITHOUT_SDIST = declare(
    "versions.only_without_sdist",
    title="No version has a source archive",
    sentence="{project} has acceptable versions, the newest {version}, but none has an sdist.",
    next="Ask upstream for a source archive, or build from another source, or from a wheel.",
    turn=Turn.UPSTREAM,
)
NEWER_THAN_UPSTREAM = declare(
    "versions.newer_than_upstream",
    title="The recipe is newer than upstream",
    sentence="The recipe is at {current}, but the newest acceptable version upstream is {latest}.",
    next="Check whether upstream withdrew {current}, or whether a setting or decision hides it.",
)
BAD_ANSWER = declare(
    "versions.bad_answer",
    title="Unreadable answer",
    sentence="{title} answered for {project} with something unreadable: {why}.",
    next="It is tried again later; if it stays, the service may have changed its format.",
    transient=True,
    turn=Turn.BOT_TEAM,
)

NO_LISTING = declare(
    "versions.no_listing",
    title="No list of files",
    sentence="{host} shows no list of files with {name} or its like at {url}.",
    next="Check whether upstream has a page that lists its files, and name it in "
    "version_updates.page.",
)
NOTHING_TO_PROBE = declare(
    "versions.nothing_to_probe",
    title="Neither this version nor a next one",
    sentence="{host} no longer has the recipe's own file, and none of {count} guessed versions.",
    next="Check whether upstream has moved, and update the recipe's URL.",
)
PROBE_ENDED = declare(
    "versions.probe_ended",
    title="The search ended early",
    sentence="{host} was asked for {count} files, and there was no time or request left for more.",
    next="Nothing: it is tried again later. A page that lists the versions is better; name it in "
    "version_updates.page.",
    transient=True,
    turn=Turn.NOBODY,
)
ANYTHING_GOES = declare(
    "versions.anything_goes",
    title="The host has every version",
    sentence="{host} says that it has {guess}, and even {nonsense}, so it cannot be trusted.",
    next="Name a page that lists the versions in version_updates.page.",
)
NO_MATCH_ON_PAGE = declare(
    "versions.no_match_on_page",
    title="The pattern finds no version",
    sentence="The pattern {pattern!r} finds nothing on {url}.",
    next="Open the page, see how it writes versions, and correct version_updates.page.pattern.",
)
SLOW_PATTERN = declare(
    "versions.slow_pattern",
    title="A pattern takes too long",
    sentence="The pattern {pattern!r} takes too long to match.",
    next="Write it without nested repetitions, such as (a+)+ or .*.*.",
)

PARTIAL_ANSWER = declare(
    "versions.partial_answer",
    title="Partial answer",
    sentence="{title} told less than usual. {why}",
    next="Nothing: the versions are known all the same, and the rest is asked for again.",
    transient=True,
    turn=Turn.NOBODY,
)

# Why the newest version seen is not the answer. These never end a lookup; they stand beside it.
HELD_NO_ARTEFACT = declare(
    "versions.no_sdist",
    title="Newer version without a usable file",
    sentence="{version} is out, but waits: {why}",
    next="Ask upstream to publish the missing file; the version is taken once it is there.",
    turn=Turn.UPSTREAM,
)
HELD_YANKED = declare(
    "versions.yanked",
    title="Newer version withdrawn",
    sentence="{version} was published and withdrawn: {why}",
    next="Nothing; the next version will be taken.",
    turn=Turn.NOBODY,
)
HELD_HIDDEN = declare(
    "versions.hidden",
    title="Newer version hidden by a person",
    sentence="{version} is out, but hidden: {why}",
    next="Undo the decision on the package page when its reason is gone.",
)
HELD_PINNED = declare(
    "versions.pinned",
    title="Pinned by a person",
    sentence="{version} is out, but not taken: {why}",
    next="Remove the pin on the package page when its reason is gone.",
)
HELD_BY_SETTINGS = declare(
    "versions.excluded",
    title="Newer version excluded by settings",
    sentence="{version} is out, but excluded: {why}",
    next="Change version_updates in the feedstock's conda-forge.yml if this is no longer wanted.",
)
HELD_COOLDOWN = declare(
    "versions.cooldown",
    title="Newer version is still cooling down",
    sentence="{version} is out, but waits: {why}",
    next="Nothing: it is taken when the days of version_updates.cooldown_days are over.",
    turn=Turn.NOBODY,
)
SOURCES_DISAGREE = declare(
    "versions.sources_disagree",
    title="Sources disagree",
    sentence="{title} has {version} as its newest acceptable version ({url}), but {other_title} "
    "has {other_version} ({other_url}).",
    next="See which of them is behind; version_updates.sources chooses the one to believe.",
)
NOT_COMPARED = declare(
    "versions.not_compared",
    title="Not compared",
    sentence="The answer could not be compared with a second source. {why}",
    next="Nothing: the answer stands, and the comparison is tried again.",
    transient=True,
    turn=Turn.NOBODY,
)
HELD_JUMP = declare(
    "versions.suspicious_jump",
    title="Suspicious jump",
    sentence="{version} is out, but looks like a mistake: {why}",
    next="If it is real, pin this version on the package page; else hide it.",
)
BAD_SETTING = declare(
    "versions.bad_setting",
    title="Setting not understood",
    sentence="The setting {setting} {why}",
    next="Mend it in the feedstock's conda-forge.yml; until then it is not obeyed.",
)
UNKNOWN_NAME = declare(
    "versions.unknown_name",
    title="Unknown name",
    sentence="No package {name!r} is watched.",
    next="Look it up in the package list; a package appears there once its recipe was read.",
)
AMBIGUOUS_NAME = declare(
    "versions.ambiguous_name",
    title="Ambiguous name",
    sentence="Several packages are called {name}: {keys}.",
    next="Use the key, which is CHANNEL/NAME.",
)
BAD_WATCH_FILE = declare(
    "versions.bad_watch_file",
    title="Watch file can't be used",
    sentence="The list of packages can't be used: {problem}.",
    next="Mend the file; nothing was changed.",
)
LANE_STANDS_STILL = declare(
    "versions.lane_stands_still",
    title="A lane stands still",
    sentence="In {minutes} minutes nothing was checked of {lanes}, though {packages} packages are "
    "due there.",
    next="See the page of the queue for what holds them up, and the log of the net queue.",
    turn=Turn.BOT_TEAM,
)
NOTHING_IS_CHECKED = declare(
    "versions.nothing_is_checked",
    title="Nothing is checked",
    sentence="In {minutes} minutes no package was checked, though {packages} are due.",
    next="See that the cluster of the net queue runs, and what its log says.",
    turn=Turn.BOT_TEAM,
)
DATABASE_LOST = declare(
    "versions.database_lost",
    title="Database lost",
    sentence="The database did not answer in the middle of a shift ({why}).",
    next="Nothing: the next shift takes over what this one had in hand. If it stays, see the log "
    "of the database.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
NO_VERSIONS_FOLDER = declare(
    "versions.no_versions_folder",
    title="Not the bot's data",
    sentence="{path} has no folder versions/.",
    next="Give the checkout of the bot's data repository.",
    turn=Turn.BOT_TEAM,
)
DOUBLE_NAME = declare(
    "versions.double_name",
    title="Two packages for one file",
    sentence="{one} and {other} are both called {name}, and there is one file for it.",
    next="Export the packages of one owner only: --owner channel:NAME. Nothing was written.",
    turn=Turn.BOT_TEAM,
)
UNFIT_NAME = declare(
    "versions.unfit_name",
    title="No name for a file",
    sentence="The name of {key} can't be that of a file.",
    next="Rename the feedstock, or export another owner's packages. Nothing was written.",
)
