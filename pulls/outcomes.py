"""Outcomes of proposing a new version to a feedstock (`pulls.*`)."""

from __future__ import annotations

from core.outcomes import Turn, declare

# Editing a recipe.
SAME_VERSION = declare(
    "pulls.same_version",
    title="Already at this version",
    sentence="The recipe is at {version} already.",
    next="Nothing.",
    turn=Turn.NOBODY,
)
BAD_VERSION = declare(
    "pulls.bad_version",
    title="Not a version",
    sentence="{version!r} can't be written into a recipe as a version.",
    next="Use up to 64 letters, digits, dots, dashes, underscores, plus and exclamation marks.",
)
NO_VERSION = declare(
    "pulls.no_version",
    title="No version in the recipe",
    sentence="The recipe doesn't say which version it builds.",
    next="Add package.version.",
)
VERSION_COMPUTED = declare(
    "pulls.version_computed",
    title="Version not written out",
    sentence="No text of the recipe could be found that makes its version {old} become {new}.",
    next='Write the version out, as in {{% set version = "1.0" %}}, or edit this one by hand.',
)
VERSIONS_DIFFER = declare(
    "pulls.versions_differ",
    title="Different versions",
    sentence="The recipe has different versions for different platforms or variants: {versions}.",
    next="Edit it by hand, or give all platforms one version.",
)
URL_UNCHANGED = declare(
    "pulls.url_unchanged",
    title="URL without the version",
    sentence="With the new version the recipe would still download what it did: {urls}.",
    next="Use the version in the source's URL or tag, or edit this recipe by hand.",
)
URL_MOVED = declare(
    "pulls.url_moved",
    title="File moved",
    sentence="The file isn't at {url} but at {found}, and the recipe's URL can't be made so.",
    next="Correct the URL by hand.",
)
HASH_NOT_FOUND = declare(
    "pulls.hash_not_found",
    title="Hash not written out",
    sentence="The {algorithm} of {url} is not written out in the recipe.",
    next="Write the hash into the recipe as it is, not composed from parts.",
)
HASH_UNREACHED = declare(
    "pulls.hash_unreached",
    title="Hash of an unknown platform",
    sentence="The hash {hash} belongs to no source on any platform or variant that is known.",
    next="Add the variant that uses it below .ci_support, or remove the hash.",
)
PLACES_DISAGREE = declare(
    "pulls.places_disagree",
    title="One hash for different files",
    sentence="One hash of the recipe stands for files that differ now: {urls}.",
    next="Give each of these sources a hash of its own.",
)
SAME_HASH = declare(
    "pulls.same_hash",
    title="Unchanged file",
    sentence="The file of the new version is the very file of the old one: {url}.",
    next="Look at what upstream released; the version may be a mistake.",
    turn=Turn.UPSTREAM,
)
NO_HASH = declare(
    "pulls.no_hash",
    title="No hash for the new file",
    sentence="No {algorithms} is known of {url}.",
    next="Check that the file exists; `bump` takes its hash from the file given with --hashes.",
)
BAD_HASH = declare(
    "pulls.bad_hash",
    title="Not a hash",
    sentence="{hash!r} is no {algorithm}.",
    next="Give the hash in hexadecimal digits.",
)
BAD_HASHES_FILE = declare(
    "pulls.bad_hashes_file",
    title="Broken file of hashes",
    sentence="The file of hashes can't be used: {problem}.",
    next="Write a JSON object of URL to sha256, or to an object of sha256, md5 and sha1.",
)
NOT_AS_EXPECTED = declare(
    "pulls.not_as_expected",
    title="The edited recipe reads otherwise",
    sentence="Edited and read again, the recipe says something else than it should: {problem}.",
    next="Edit it by hand; its templates make more of the version than can be followed.",
)
TOO_ENTANGLED = declare(
    "pulls.too_entangled",
    title="Too entangled to edit",
    sentence="The recipe was given up after it had been read {reads} times.",
    next="Edit it by hand, or simplify its templates.",
)

# Proposing.
NOTHING_TO_PROPOSE = declare(
    "pulls.nothing_to_propose",
    title="Nothing to propose",
    sentence="{name} needs no pull request now.",
    next="Nothing: one is proposed when a newer version is found.",
    turn=Turn.NOBODY,
)
NOT_YET_TRIED = declare(
    "pulls.not_yet_tried",
    title="Not yet proposed",
    sentence="{name} {version} is to be proposed within minutes.",
    next="Wait for it, or see on the jobs page whether workers run.",
    turn=Turn.NOBODY,
)
IN_HAND = declare(
    "pulls.in_hand",
    title="Being proposed",
    sentence="{name} {version} is being made a proposal at this moment.",
    next="Wait a minute.",
    turn=Turn.NOBODY,
)
DRY_RUN = declare(
    "pulls.dry_run",
    title="Proposed here only",
    sentence="{title} is ready, and shown here; this site opens no pull requests.",
    next="Apply its patch to the feedstock; with BOTSITE_PULLS=open it is opened there.",
    turn=Turn.BOT_TEAM,
)

# Publishing.
NO_TOKEN = declare(
    "pulls.no_token",
    title="No account to propose with",
    sentence="{title} is ready, but there is no token of an account that may open pull requests.",
    next="Set BOTSITE_GITHUB_WRITE_TOKEN, see docs/forges.md.",
    turn=Turn.BOT_TEAM,
)
NOT_YET_OPENED = declare(
    "pulls.not_yet_opened",
    title="Not yet opened",
    sentence="{title} is ready, and to be opened within minutes.",
    next="Wait for it, or see on the jobs page whether workers run.",
    turn=Turn.NOBODY,
)
OPENED = declare(
    "pulls.open",
    title="Open",
    sentence="{title} is open: {where}.",
    next="Review it, and merge or close it.",
)
MERGED = declare(
    "pulls.merged",
    title="Merged",
    sentence="{title} was merged: {where}.",
    next="Nothing: the feedstock has the version once its recipe is read again.",
    turn=Turn.NOBODY,
)
CLOSED = declare(
    "pulls.closed_by_people",
    title="Closed by people",
    sentence="{title} was closed without a merge: {where}.",
    next="Nothing: this version is not proposed again, unless somebody has it made anew.",
    turn=Turn.NOBODY,
)
WORKERS_LOST = declare(
    "pulls.workers_lost",
    title="Workers died of it",
    sentence="{tries} workers in a row died while they dealt with this proposal.",
    next="See their logs, then have it made anew.",
    turn=Turn.BOT_TEAM,
)

# What may not go out yet.
ACCOUNT_WAITS = declare(
    "pulls.account_waits",
    title="The account waits",
    sentence="{title} is ready; the bot's account may open pull requests again at {until}.",
    next="Nothing to do: it is opened then. See BOTSITE_PULLS_PER_MINUTE and _PER_HOUR.",
    transient=True,
    turn=Turn.NOBODY,
)
RECIPE_CHANGED = declare(
    "pulls.recipe_changed",
    title="To be made anew",
    sentence="The recipe of {name} changed since {title} was made.",
    next="Nothing to do: the proposal is made from the new text first.",
    transient=True,
    turn=Turn.NOBODY,
)
REJECTED = declare(
    "pulls.rejected",
    title="Not this version",
    sentence="{by} decided on {day} that {version} is not proposed to {name}{reason}.",
    next="Nothing, or have it made anew, which ends that decision.",
    turn=Turn.NOBODY,
)
PAUSED = declare(
    "pulls.paused",
    title="Pull requests are paused",
    sentence="{by} paused all dealings with forges on {day}{reason}.",
    next="Resume the schedule pulls.tend in the admin.",
    turn=Turn.BOT_TEAM,
)
TOO_MANY_OPEN = declare(
    "pulls.too_many_open",
    title="Enough are open",
    sentence="{name} has {open} open pull requests of the bot, and shall have no more than {most}.",
    next="Merge or close those that are open.",
    transient=True,
)
SLOW_START = declare(
    "pulls.slow_start",
    title="Slow start",
    sentence="{handle} has merged no pull request of the bot yet, and {most} or more are open.",
    next="Merge one of them, and the others follow.",
    transient=True,
)
WAITS_FOR_DEPENDENCY = declare(
    "pulls.waits_for_dependency",
    title="Waits for a dependency",
    sentence="{name} is built with {dependency}, which has a proposal itself: {title}.",
    next="Merge that one first; this one goes out on {day} in any case.",
    transient=True,
)

# Following.
REOPENED = declare(
    "pulls.reopened",
    title="Reopened by people",
    sentence="The bot closed {title!r}, and somebody reopened it.",
    next="The bot leaves it alone. Merge or close it.",
)
NOT_LISTENING = declare(
    "pulls.not_listening",
    title="Not listening",
    sentence="This site has no secret to know its webhook by, so it hears nothing.",
    next="Set BOTSITE_GITHUB_WEBHOOK_SECRET to the secret of the webhook.",
    turn=Turn.BOT_TEAM,
)
DELIVERY_TOO_LARGE = declare(
    "pulls.delivery_too_large",
    title="Delivery too large",
    sentence="The delivery doesn't say that it has at most {most} bytes, so it was not read.",
    next="Let the webhook send only the events that docs/forges.md names.",
    turn=Turn.BOT_TEAM,
)
