"""Outcomes of reading recipes (`recipe.*`) and of the graph (`graph.*`)."""

from __future__ import annotations

from core.outcomes import Turn, declare

TOO_LARGE = declare(
    "recipe.too_large",
    title="Recipe too large",
    sentence="The recipe is {size} bytes long; at most {limit} bytes are read.",
    next="Make the recipe smaller, for example by moving its scripts to files of their own.",
)
EMPTY = declare(
    "recipe.empty",
    title="Empty recipe",
    sentence="The recipe says nothing: it is empty, or all of it is comments.",
    next="Commit the recipe's text.",
)
BINARY = declare(
    "recipe.binary",
    title="Not a text file",
    sentence="The recipe is not text: it has a null byte at byte {offset}.",
    next="Commit the recipe as UTF-8 text.",
)
NOT_UTF8 = declare(
    "recipe.not_utf8",
    title="Not UTF-8",
    sentence="The recipe is not UTF-8: byte {offset} can't be decoded.",
    next="Save the recipe as UTF-8.",
)
BAD_YAML = declare(
    "recipe.bad_yaml",
    title="Broken YAML",
    sentence="The recipe is not valid YAML: {problem}.",
    next="Correct the YAML at this line.",
)
TOO_COMPLEX = declare(
    "recipe.too_complex",
    title="YAML too complex",
    sentence="The recipe's YAML is too complex: {problem}.",
    next="Flatten the recipe; no package needs YAML of this shape.",
)
DUPLICATE_KEY = declare(
    "recipe.duplicate_key",
    title="Duplicate key",
    sentence="The key {key!r} occurs twice in one mapping, first at line {first}.",
    next="Keep one of the two, or give each a selector so that only one is left on a platform.",
)
BAD_TEMPLATE = declare(
    "recipe.bad_template",
    title="Broken template",
    sentence="A jinja template in the recipe can't be rendered: {problem}.",
    next="Correct the expression at this line.",
)
REFUSED = declare(
    "recipe.refused",
    title="Template refused",
    sentence="A jinja template in the recipe asks for something no recipe may do: {problem}.",
    next="Write the value into the recipe instead.",
)
UNDEFINED_VARIABLE = declare(
    "recipe.undefined_variable",
    title="Undefined variable",
    sentence="The recipe uses the variable {name!r}, which nothing defines.",
    next="Define it in the recipe, or in the variants below .ci_support.",
)
ENVIRONMENT_VARIABLE = declare(
    "recipe.environment_variable",
    title="Environment variable",
    sentence="The recipe needs the environment variable {name!r}; recipes are read without any.",
    next="Give env.get() a default, or write the value into the recipe.",
)
UNKNOWN_SELECTOR = declare(
    "recipe.unknown_selector",
    title="Unknown selector",
    sentence="The selector [{selector}] uses {name!r}, which is no platform, variant or variable.",
    next="Correct the name, or define it in the variants below .ci_support.",
)
BAD_SELECTOR = declare(
    "recipe.bad_selector",
    title="Broken selector",
    sentence="The selector [{selector}] can't be evaluated: {problem}.",
    next="Write a plain condition, such as [linux and py>=310].",
)
BAD_RECIPE = declare(
    "recipe.bad_recipe",
    title="Not a valid recipe",
    sentence="The recipe doesn't follow the recipe format: {problem}.",
    next="Correct the field at this line.",
)
NO_NAME = declare(
    "recipe.no_name",
    title="No package name",
    sentence="The recipe names no package: neither at the top nor in its outputs.",
    next="Add package.name.",
)
TOO_EXPENSIVE = declare(
    "recipe.too_expensive",
    title="Too expensive to read",
    sentence="Reading the recipe was stopped: {problem}.",
    next="Look for a loop or a multiplication in the recipe's templates that has no end.",
)
BAD_VARIANTS = declare(
    "recipe.bad_variants",
    title="Broken variant file",
    sentence="A file of variants can't be used: {problem}.",
    next="Correct the file, or rerender the feedstock if it is below .ci_support.",
)
BAD_SETTINGS = declare(
    "recipe.bad_settings",
    title="Broken conda-forge.yml",
    sentence="conda-forge.yml can't be used, its settings are ignored: {problem}.",
    next="Correct conda-forge.yml at this line.",
)
NOT_FOUND = declare(
    "recipe.not_found",
    title="No recipe",
    sentence="The feedstock has neither a meta.yaml nor a recipe.yaml.",
    next="Add a recipe, or archive the feedstock.",
)
OUTSIDE_TREE = declare(
    "recipe.outside_tree",
    title="Link out of the tree",
    sentence="The recipe is a link, or no plain file; such files are not read.",
    next="Commit the recipe itself instead of a link.",
)
UNREADABLE = declare(
    "recipe.unreadable",
    title="Unreadable file",
    sentence="The recipe can't be read from disk: {problem}.",
    next="Check the file's permissions and the disk.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
READER_FAILED = declare(
    "recipe.reader_failed",
    title="Reader failed",
    sentence="Botsite's own recipe reader failed on this recipe: {error}.",
    next="The bot team reproduces it with read_recipes.",
    turn=Turn.BOT_TEAM,
)

# Channels: where feedstocks come from.
BAD_SPEC = declare(
    "graph.bad_spec",
    title="Not a channel",
    sentence="{spec!r} says of no channel where it is.",
    next="Write KIND:PLACE, for example dir:/srv/recipes.",
)
UNKNOWN_CHANNEL_KIND = declare(
    "graph.unknown_channel_kind",
    title="Unknown kind of channel",
    sentence="Channels of kind {kind!r} can't be read; the kinds are {kinds}.",
    next="Use one of these kinds.",
)
NO_SUCH_DIRECTORY = declare(
    "graph.no_such_directory",
    title="No such directory",
    sentence="{path} is no directory that can be read here.",
    next="Check the path, its permissions, and that the disk is mounted.",
    transient=True,
    turn=Turn.BOT_TEAM,
)
BAD_CHANNEL_NAME = declare(
    "graph.bad_channel_name",
    title="Not a channel name",
    sentence="{name!r} can't name a channel.",
    next="Use up to 64 letters, digits, dots, dashes and underscores; pass it with --name.",
)
CHANNEL_NAME_TAKEN = declare(
    "graph.channel_name_taken",
    title="Channel name taken",
    sentence="The name {name} belongs to the channel {spec}.",
    next="Choose another name.",
)
ALREADY_TRACKED = declare(
    "graph.already_tracked",
    title="Channel already tracked",
    sentence="{spec} is tracked already, under the name {name}.",
    next="Leave the name out, or pass this one.",
)
NO_SUCH_CHANNEL = declare(
    "graph.no_such_channel",
    title="No such channel",
    sentence="No channel is named {name!r}.",
    next="See the names of the channels in the admin.",
)
NO_OTHER_BOT = declare(
    "graph.no_other_bot",
    title="No answers of another bot",
    sentence="No answers of another bot are known for {place}.",
    next="Run `track cf-graph:PATH` with a checkout of its data that has the folder `versions`.",
    turn=Turn.BOT_TEAM,
)
NO_SUCH_KIND = declare(
    "graph.no_such_kind",
    title="No such kind",
    sentence="Answers don't compare as {kind!r}; the kinds are {kinds}.",
    next="Use one of these kinds.",
    turn=Turn.BOT_TEAM,
)

# Feedstocks: what can't be kept, and where they stand.
UNSTORABLE = declare(
    "graph.unstorable",
    title="Value that can't be kept",
    sentence="The {what} of the recipe can't be kept: {problem}.",
    next="Correct the value; no package needs one like this.",
)
NO_FEEDSTOCK = declare(
    "graph.no_feedstock",
    title="No such feedstock",
    sentence="No channel has a feedstock {name!r}.",
    next="Check the name, or track the channel that has it.",
)
GONE = declare(
    "graph.gone",
    title="Feedstock gone",
    sentence="{name} is no longer in its channel.",
    next="Nothing, if it was removed on purpose; it comes back by itself if it returns.",
    turn=Turn.NOBODY,
)
ARCHIVED = declare(
    "graph.archived",
    title="Feedstock archived",
    sentence="{name} is archived, so nothing can be changed in it.",
    next="Unarchive it on its forge if it should be kept up to date.",
)
NOT_READ = declare(
    "graph.not_read",
    title="Recipe not read yet",
    sentence="The recipe of {name} was not read yet.",
    next="It is read when its channel is refreshed, every 15 minutes.",
    transient=True,
    turn=Turn.NOBODY,
)
NOT_BUILT = declare(
    "graph.not_built",
    title="Not in the graph yet",
    sentence="The graph was not built since {name} was read.",
    next="It is built within minutes.",
    transient=True,
    turn=Turn.NOBODY,
)
NO_ANSWER = declare(
    "graph.no_answer",
    title="Newest version not known",
    sentence="No version of {name} is known upstream.",
    next="See how the search for its newest version ended.",
    transient=True,
    turn=Turn.NOBODY,
)
UNCOMPARABLE = declare(
    "graph.uncomparable",
    title="Versions that can't be compared",
    sentence="{current!r} and {latest!r} can't be compared: one is no version to conda.",
    next="Correct the version in the recipe.",
)
UP_TO_DATE = declare(
    "graph.up_to_date",
    title="Up to date",
    sentence="{name} is at {current}; nothing newer than that is known.",
    next="Nothing.",
    turn=Turn.NOBODY,
)
