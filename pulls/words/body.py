"""The body of a pull request. Pure.

Its shape is that of the bot that maintainers know: what is out, a list to tick off, how to talk to
the bot. What strangers wrote goes through `pulls.words.neutral`.

What is about the change is said once, when it is made. What is about the bot, the frame, follows
from settings that may be others by the time that people read it, so it is added then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pulls.words import neutral
from pulls.words.neutral import cell, code, link

LONGEST_BODY = 65_536  # characters; GitHub takes no more
LONGEST_FRAME = 4_000
MOST_ROWS = 40  # of a table


class Reach(StrEnum):
    """How far a proposal gets."""

    SITE = "site"  # a dry run: it is shown, and that is all
    PATCH = "patch"
    BRANCH = "branch"
    PULL_REQUEST = "pull request"


@dataclass(frozen=True, slots=True)
class Link:
    """A page worth reading. `label` says what it is: `changelog`."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DependencyChange:
    """What upstream asks for, in its own words; nothing before or after is an empty text."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A dependency that is itself behind. `url` leads to its pull request or page."""

    name: str
    version: str
    new_version: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a body tells; what is empty is left out.

    `source` is where the version was found, in our words. `edits` says what was changed in the
    recipe and `checked`, `unchecked` what was looked at, each a sentence of ours. `supersedes` are
    numbers of older pull requests in the same repository. `compared` is whose metadata the
    dependency changes, or that there are none, are from.
    """

    feedstock: str
    old_version: str
    new_version: str
    source: str = ""
    source_url: str = ""
    released_at: datetime | None = None
    links: Sequence[Link] = ()
    dependents: int = 0
    edits: Sequence[str] = ()
    checked: Sequence[str] = ()
    unchecked: Sequence[str] = ()
    dependency_changes: Sequence[DependencyChange] = ()
    pending: Sequence[Pending] = ()
    compared: str = ""
    supersedes: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All that a body tells of the bot: `page` is the package's page on this site, `bot` the
    account that proposes, `most_open` how many it may have open in one place."""

    reach: Reach = Reach.PULL_REQUEST
    page: str = ""
    bot: str = ""
    most_open: int = 0


def body(facts: Facts) -> str:
    """Markdown that has room for a frame; what comes last is left out first."""
    room = LONGEST_BODY - LONGEST_FRAME
    kept: list[str] = []
    for section in filter(None, _sections(facts)):
        room -= len(section) + 2
        if room < 0:
            break
        kept.append(section)
    return "\n\n".join(kept)


def framed(words: str, frame: Frame) -> str:
    """The whole of it, of at most LONGEST_BODY characters: `body()` between how to go on and who
    proposes."""
    return "\n\n".join([words, _conversation(frame), _signature(frame)])


def _sections(facts: Facts) -> Iterator[str]:
    yield _notice(facts)
    yield _provenance(facts)
    yield _checklist()
    yield _list("Changed in the recipe", facts.edits)
    yield _dependency_changes(facts)
    yield _pending(facts.pending)
    yield _list("Checked", facts.checked)
    yield _list("Not checked", facts.unchecked)


def _notice(facts: Facts) -> str:
    builds = f"; this feedstock builds {code(facts.old_version)}" if facts.old_version else ""
    return f"**{code(facts.feedstock)} {code(facts.new_version)} is out**{builds}."


def _provenance(facts: Facts) -> str:
    links = ", ".join(link(each.label, each.url) for each in facts.links if each.url)
    at = facts.released_at
    told = {
        "Found": link(facts.source, facts.source_url),
        "Released": f"{at.day} {at:%B %Y}" if at else "",
        "Read more": links,
        "Needed by": f"{facts.dependents:,} feedstocks" if facts.dependents else "",
        "Takes the place of": ", ".join(f"#{int(number)}" for number in facts.supersedes),
    }
    return "\n".join(f"- {label}: {said}" for label, said in told.items() if said)


def _checklist() -> str:
    return "\n".join(
        (
            "Before you merge:",
            "",
            "- [ ] The dependencies fit the new version.",
            "- [ ] The tests pass.",
            "- [ ] The license is the same, and its file is packaged.",
        )
    )


def _list(heading: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    lines = [f"- {neutral.words(item)}" for item in items[:MOST_ROWS]]
    return "\n".join([f"### {heading}", "", *lines, *_more(len(items))])


def _dependency_changes(facts: Facts) -> str:
    if not facts.dependency_changes:
        return ""
    changes = facts.dependency_changes
    rows = (
        (cell(each.name), cell(each.before) or "-", cell(each.after) or "-") for each in changes
    )
    whose = neutral.words(facts.compared) or "upstream's own metadata"
    said = f"As {whose} has them; names may differ from those of packages here."
    table = _table(("Requirement", "Before", "Now"), rows, len(changes))
    return f"### Changes of upstream's dependencies\n\n{said}\n\n{table}"


def _pending(pending: Sequence[Pending]) -> str:
    if not pending:
        return ""
    rows = ((_named(each), cell(each.version), cell(each.new_version)) for each in pending)
    table = _table(("Dependency", "Here", "Upstream"), rows, len(pending))
    return f"### Dependencies that are behind themselves\n\n{table}"


def _named(pending: Pending) -> str:
    return link(pending.name, pending.url) if pending.url else cell(pending.name)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], count: int) -> str:
    kept = [row for row, _ in zip(rows, range(MOST_ROWS), strict=False)]
    lines = [head, ["---"] * len(head), *kept]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), *_more(count)])


def _more(count: int) -> list[str]:
    return ["", f"And {count - MOST_ROWS} more."] if count > MOST_ROWS else []


def _conversation(frame: Frame) -> str:
    items = _WAYS_ON[frame.reach]
    if frame.reach is Reach.PULL_REQUEST and frame.most_open:
        items = (*items, f"The bot has at most {frame.most_open} open here at once.")
    return "\n".join(["### How to go on", "", *(f"- {item}" for item in items)])


# Each sentence holds for what the forge of that kind does, see `pulls.forges`.
_WAYS_ON = {
    Reach.SITE: (
        "This is a dry run: it is shown on this site, and nothing is opened anywhere.",
        "Its patch can be downloaded, and `git apply` takes it.",
        "It is made anew when the recipe changes, and goes away when the recipe has this version.",
    ),
    Reach.PATCH: (
        "Apply the patch, with `git apply` or `git am`, and this is done.",
        "Delete the file of the patch, and this version is not proposed again.",
        "It is made anew when the recipe changes.",
    ),
    Reach.BRANCH: (
        "Merge the branch, and this is done.",
        "Push to the branch if something is missing; from then on the bot leaves it alone.",
        "Delete the branch, and this version is not proposed again.",
    ),
    Reach.PULL_REQUEST: (
        "Push to this branch if something is missing; from then on the bot leaves it alone.",
        "Close this pull request, and this version is not proposed again.",
        "There is one pull request for each version.",
        "Comment `please rerun bot`, or add the label `bot-rerun`, and it is made anew from the "
        "recipe as it is then. Maintainers of the feedstock can do so.",
        "With `bot: {automerge: true}` in conda-forge.yml its title asks for being merged when all "
        "passes.",
    ),
}


def _signature(frame: Frame) -> str:
    page = link("The package's page", frame.page)
    said = f"{page} tells how this version was chosen." if frame.page else ""
    by = f"Proposed by {code(frame.bot)}." if frame.bot else ""
    return "\n\n".join(filter(None, ["---", " ".join(filter(None, [by, said]))]))
