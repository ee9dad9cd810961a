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
HELD_JUMP = declare(
    "versions.suspicious_jump",
    title="Suspicious jump",
    sentence="{version} is out, but looks like a mistake: {why}",
    next="If it is real, pin this version on the package page; else hide it.",
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
