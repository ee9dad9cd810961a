"""From an outdated feedstock to a proposal that people can read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import monotonic

from django.db import transaction
from django.utils import timezone

from core.http import door
from core.logs import bound
from core.outcomes import Outcome, OutcomeError
from graph.models import Feedstock, Reading
from graph.recipes.wall import ReaderPool
from pulls.editing import Edited, HashResolver, Read, edit
from pulls.making import attempts, automerge, facts
from pulls.making.hashes import Hashes
from pulls.models import STANDING, OnForge, PullRequest, PullRequestQuerySet, State, due
from pulls.outcomes import NOTHING_TO_PROPOSE
from pulls.upstream import Registries
from pulls.words import message
from pulls.words.body import body
from versions.asking.configuration import lookup_config

MOST_AT_ONCE = 50
# After which no further one is begun: one may take three minutes more, and a job of the queue five.
SECONDS = 60.0
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
            with bound(package=feedstock.key):
                outcome = propose(feedstock, hashes(), pool.read_one)
            counts[outcome.code] = counts.get(outcome.code, 0) + 1
    return counts


def hashes() -> HashResolver:
    """Hashes for one recipe, by the door of this process."""
    return Hashes(door(), Registries(lookup_config()))


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
        reading = Reading.objects.get(feedstock=feedstock)
        recipe = reading.text(feedstock.path or feedstock.recipe_file)
        edited = edit(recipe, feedstock.new_version, resolver, read)
        outcome = edited.outcome
        proposal = _proposal(feedstock, reading, edited) if edited.changed else None
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


def _proposal(feedstock: Feedstock, reading: Reading, edited: Edited) -> PullRequest:
    """A row that isn't saved. Raises OutcomeError (`pulls.bad_version`)."""
    merges = automerge.wanted(
        feedstock, reading.bot_settings, feedstock.released_at, timezone.now()
    )
    return PullRequest(
        feedstock=feedstock,
        version=feedstock.new_version,
        old_version=edited.old_version,
        branch=message.branch_name(edited.new_version, feedstock.key),
        title=message.title(feedstock.name, edited.new_version, automerge=merges),
        body=body(facts.gather(feedstock, reading, edited)),
        diff=edited.diff,
        recipe=edited.data.decode(),
        edits=[asdict(each) for each in edited.edits],
        base_hash=feedstock.content_hash,
    )


def _write(proposal: PullRequest) -> None:
    """Once for each feedstock and version: one that was made before gets the new words, and its
    forge is to have them, too, on the branch where it has the old ones."""
    now = timezone.now()
    texts = ("old_version", "title", "body", "diff", "recipe", "edits", "base_hash")
    row, created = PullRequest.objects.get_or_create(
        feedstock=proposal.feedstock,
        version=proposal.version,
        defaults={name: getattr(proposal, name) for name in ("branch", *texts)} | {"act_at": now},
    )
    if created:
        return
    for name in texts:
        setattr(row, name, getattr(proposal, name))
    row.state = State.OPEN if row.on_forge == OnForge.OPEN else State.PROPOSED
    row.made_at = row.act_at = now
    row.save(update_fields=[*texts, "state", "made_at", "act_at"])
