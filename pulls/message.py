"""The words of a pull request: title, branch, commit, body, comments. Pure.

Their shape is that of the bot that maintainers know: `NAME vVERSION`, a branch `VERSION_hHASH`, a
list to tick off, how to talk to the bot. What strangers wrote goes through `pulls.neutral`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pulls import neutral
from pulls.forges.outcomes import NOT_A_BRANCH_OF_OURS
from pulls.neutral import cell, code, link

LONGEST_BODY = 65_536  # characters; GitHub takes no more
MOST_ROWS = 40  # of a table
AUTOMERGE = "[bot-automerge]"
RERUN_LABEL = "bot-rerun"
RERENDER = "@conda-forge-admin, please rerender"

_BRANCH = re.compile(r"[A-Za-z0-9_+!][A-Za-z0-9._+!-]{0,63}_h[0-9a-f]{6}")


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
    numbers of older pull requests in the same repository. `page` is the package's page on this
    site, `bot` the account that proposes, `most_open` how many it may have open here.
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
    supersedes: Sequence[int] = ()
    page: str = ""
    bot: str = ""
    most_open: int = 0


def title(feedstock: str, version: str, *, automerge: bool = False) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    slug = f"{AUTOMERGE} " if automerge else ""
    return f"{slug}{neutral.name(feedstock)} v{neutral.checked_version(version)}"


def branch_name(version: str, salt: str) -> str:
    """The same for the same salt, which tells feedstocks and repeated tries apart.

    Raises OutcomeError (`pulls.bad_version`).
    """
    digest = hashlib.sha256(f"{neutral.checked_version(version)}\0{salt}".encode()).hexdigest()
    # What git allows in no name of a branch.
    shown = re.sub(r"\.{2,}", ".", version).lstrip(".-") or "version"
    return f"{shown}_h{digest[:6]}"


def checked_branch(branch: str) -> str:
    """A branch that only the bot can have made. Raises `pulls.not_a_branch_of_ours`."""
    if not _BRANCH.fullmatch(branch) or ".." in branch:
        raise NOT_A_BRANCH_OF_OURS.error(branch=neutral.printable(branch)[:100])
    return branch


def commit_message(version: str) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    return f"updated v{neutral.checked_version(version)}"


def superseded(version: str, number: int) -> str:
    """Raises OutcomeError (`pulls.bad_version`)."""
    shown = neutral.checked_version(version)
    return f"Version {shown} is out, so #{number} takes the place of this pull request."


def rerun_done(by: str) -> str:
    """Who asked is told without a mention: the answer stands right below the question."""
    return f"Made anew from the recipe as it is now, as {code(by)} asked."


def body(facts: Facts) -> str:
    """Markdown of at most LONGEST_BODY characters; what comes last is left out first."""
    end = _signature(facts)
    room = LONGEST_BODY - len(end)
    kept: list[str] = []
    for section in filter(None, _sections(facts)):
        room -= len(section) + 2
        if room < 0:
            break
        kept.append(section)
    return "\n\n".join([*kept, end])


def _sections(facts: Facts) -> Iterator[str]:
    yield _notice(facts)
    yield _provenance(facts)
    yield _checklist()
    yield _list("Changed in the recipe", facts.edits)
    yield _dependency_changes(facts.dependency_changes)
    yield _pending(facts.pending)
    yield _list("Checked", facts.checked)
    yield _list("Not checked", facts.unchecked)
    yield _conversation(facts)


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


def _dependency_changes(changes: Sequence[DependencyChange]) -> str:
    if not changes:
        return ""
    rows = (
        (cell(each.name), cell(each.before) or "-", cell(each.after) or "-") for each in changes
    )
    said = "As upstream's own metadata has it; names may differ from those of packages here."
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


def _conversation(facts: Facts) -> str:
    limit = f" It has at most {facts.most_open} open here." if facts.most_open else ""
    items = (
        "Push to this branch if something is missing; from then on the bot leaves it alone.",
        "Close this pull request, and this version is not proposed again.",
        f"There is one pull request for each version.{limit}",
        "Comment `please rerun bot`, or add the label `bot-rerun`, and it is made anew from the "
        "recipe as it is then. Maintainers of the feedstock can do so.",
        "With `bot: {automerge: true}` in conda-forge.yml it is merged by itself when all passes.",
    )
    return "\n".join(["### How to go on", "", *(f"- {item}" for item in items)])


def _signature(facts: Facts) -> str:
    page = link("The package's page", facts.page)
    said = f"{page} tells how this version was chosen." if facts.page else ""
    by = f"Proposed by {code(facts.bot)}." if facts.bot else ""
    return "\n\n".join(filter(None, ["---", " ".join(filter(None, [by, said]))]))
