"""From an outdated feedstock to a proposal that people can read. Nothing is opened anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import monotonic

from django.db import transaction
from django.utils import timezone

from core.http import door
from core.outcomes import Outcome, OutcomeError
from graph.models import Feedstock, Reading
from graph.recipes.model import RecipeText
from graph.recipes.wall import ReaderPool
from pulls import attempts, message
from pulls.editing import Edited, HashResolver, Read, edit
from pulls.hashes import Hashes
from pulls.models import STANDING, OnForge, PullRequest, PullRequestQuerySet, State, due
from pulls.outcomes import NOTHING_TO_PROPOSE
from versions.configuration import lookup_config

MOST_AT_ONCE = 50
SECONDS = 90.0  # after which no further one is begun
MOST_PENDING = 40
MOST_WITHDRAWN = 500  # at once; the others follow a minute later

Progress = Callable[[int, int, str], None]


def propose_due(progress: Progress) -> dict[str, int]:
    """Make proposals for what is due, the most needed feedstocks first, as many as time allows.

    Returns how many ended with each outcome.
    """
    withdraw()
    counts: dict[str, int] = {}
    started = monotonic()
    waiting = list(due(timezone.now()).select_related("channel")[:MOST_AT_ONCE])
    with ReaderPool(processes=1) as pool:
        for done, feedstock in enumerate(waiting):
            if monotonic() - started > SECONDS:
                break
            progress(done, len(waiting), feedstock.name)
            outcome = propose(feedstock, hashes(), pool.read_one)
            counts[outcome.code] = counts.get(outcome.code, 0) + 1
    return counts


def hashes() -> HashResolver:
    """Hashes as they can be had now, by the door of this process."""
    return Hashes(door(), lookup_config().index_endpoint)


def propose(feedstock: Feedstock, resolver: HashResolver, read: Read) -> Outcome:
    """Make a proposal for a feedstock's newest version, and write down how that ended.

    A proposal that was made before is made anew. Without a newer version, or while another worker
    is at it, nothing happens.
    """
    nothing = NOTHING_TO_PROPOSE.outcome(name=feedstock.name)
    if not feedstock.outdated:
        return nothing
    attempt = attempts.claim(feedstock, timezone.now())
    if attempt is None:
        return nothing
    proposal: PullRequest | None = None
    try:
        edited = edit(_recipe(feedstock), feedstock.new_version, resolver, read)
        outcome = edited.outcome
        proposal = _proposal(feedstock, edited) if edited.changed else None
    except OutcomeError as error:
        outcome = error.outcome
    with transaction.atomic():
        if attempts.finish(attempt, outcome) and proposal:
            _write(proposal)
    return outcome


def withdraw() -> int:
    """Take back proposals that nobody needs any more: the feedstock has the version, or a newer one
    is out. Those that are on a forge are then dealt with there. Returns how many."""
    attempts.forget_unwanted()
    rows = PullRequest.objects.no_longer_needed()
    newer = rows.filter(feedstock__outdated=True, feedstock__gone_at=None)
    return _end(newer, State.SUPERSEDED) + _end(rows, State.WITHDRAWN)


def _end(rows: PullRequestQuerySet, state: State) -> int:
    pks = list(rows.values_list("pk", flat=True)[:MOST_WITHDRAWN])
    ended = PullRequest.objects.filter(pk__in=pks, state__in=STANDING)
    return ended.update(state=state, act_at=timezone.now())


def _recipe(feedstock: Feedstock) -> RecipeText:
    """The recipe as it was last read. What stands beside it is not on record, except for
    conda-forge.yml: it is read for the usual platforms."""
    reading = Reading.objects.only("recipe_text", "conda_forge_yml").get(feedstock=feedstock)
    return RecipeText(
        feedstock.path or feedstock.recipe_file,
        reading.recipe_text.encode(),
        conda_forge_yml=reading.conda_forge_yml,
    )


def _proposal(feedstock: Feedstock, edited: Edited) -> PullRequest:
    """A row that isn't saved. Raises OutcomeError (`pulls.bad_version`)."""
    return PullRequest(
        feedstock=feedstock,
        version=feedstock.new_version,
        old_version=edited.old_version,
        branch=message.branch_name(edited.new_version, feedstock.key),
        title=message.title(feedstock.name, edited.new_version),
        body=message.body(_facts(feedstock, edited)),
        diff=edited.diff,
        recipe=edited.data.decode(),
        edits=[asdict(each) for each in edited.edits],
        base_hash=feedstock.content_hash,
    )


def _facts(feedstock: Feedstock, edited: Edited) -> message.Facts:
    checked = ["The edited recipe was read again: it has the new version."]
    if edited.urls:
        checked.append("Hashes are those the package index publishes, or computed from the file.")
    return message.Facts(
        feedstock=feedstock.name,
        old_version=edited.old_version,
        new_version=edited.new_version,
        source=feedstock.new_version_source,
        source_url=feedstock.new_version_url,
        released_at=feedstock.released_at,
        dependents=feedstock.dependents_count,
        edits=[f"Line {each.line}: {each.why}" for each in edited.edits],
        checked=checked,
        unchecked=["Whether the requirements still fit.", "Whether it builds."],
        pending=_pending(feedstock),
    )


def _pending(feedstock: Feedstock) -> list[message.Pending]:
    edges = feedstock.dependencies.ordering_builds().filter(target__outdated=True)
    rows = edges.select_related("target").order_by("name")[:MOST_PENDING]
    return [
        message.Pending(each.name, each.target.version, each.target.new_version)
        for each in rows
        if each.target and each.target_id != feedstock.pk
    ]


def _write(proposal: PullRequest) -> None:
    """Once for each feedstock and version: one that was made before gets the new words, and its
    forge is to have them, too."""
    now = timezone.now()
    texts = ("old_version", "branch", "title", "body", "diff", "recipe", "edits", "base_hash")
    row, created = PullRequest.objects.get_or_create(
        feedstock=proposal.feedstock,
        version=proposal.version,
        defaults={name: getattr(proposal, name) for name in texts} | {"act_at": now},
    )
    if created:
        return
    for name in texts:
        setattr(row, name, getattr(proposal, name))
    row.state = State.OPEN if row.on_forge == OnForge.OPEN else State.PROPOSED
    row.made_at = row.act_at = now
    row.save(update_fields=[*texts, "state", "made_at", "act_at"])
