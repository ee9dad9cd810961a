"""Handing a proposal to its forge: from a row to a pull request, a branch, or a patch."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from core.models import outcome_values
from core.outcomes import OutcomeError
from graph.channels.git import GitPlace
from graph.models import Feedstock, Reading
from pulls.acts.following import Followed
from pulls.acts.seen import columns_of
from pulls.forges.base import Change, Forge, Proposal, Pull
from pulls.forges.github import repository_of
from pulls.forges.outcomes import BRANCH_NOT_OURS, NO_FORGE
from pulls.making.facts import whole_body
from pulls.models import OnForge, PullRequest, State
from pulls.words import message

FIRST_LOOK = timedelta(minutes=2)
_STATES = {"open": State.OPEN, "merged": State.MERGED, "closed": State.CLOSED}


def publish(pull: PullRequest, forge: Forge) -> Followed:
    """Have the forge show a claimed row's words. Whatever it has of them already is found by the
    branch, so this may be repeated after a crash at any point.

    A branch that somebody works on is left alone until there are other words. Raises OutcomeError.
    """
    proposal, now = proposal_of(pull), timezone.now()
    try:
        seen = forge.publish(proposal)
    except OutcomeError as error:
        if error.outcome.code != BRANCH_NOT_OURS.code:
            raise
        is_open = pull.on_forge == OnForge.OPEN
        refused = {"published_at": pull.made_at, **outcome_values(error.outcome)}
        return Followed(refused, now + FIRST_LOOK if is_open else None)
    changes = _columns(pull, seen, now) | {"branch": proposal.branch}
    is_open = changes["state"] == State.OPEN
    return Followed(changes, now + FIRST_LOOK if is_open else now)


def proposal_of(pull: PullRequest) -> Proposal:
    """What the forge is given. Raises OutcomeError."""
    repository, base, path = place_of(pull.feedstock)
    reading = Reading.objects.only("recipe_text").get(feedstock=pull.feedstock_id)
    return Proposal(
        repository=repository,
        base=base,
        branch=_branch(pull),
        title=pull.title,
        body=whole_body(pull),
        message=message.commit_message(pull.version),
        files={path: Change(before=reading.recipe_text, after=pull.recipe)},
    )


def place_of(feedstock: Feedstock) -> tuple[str, str, str]:
    """Repository, branch and path of a feedstock's recipe, as the forges of its channel's kind
    expect them. Raises OutcomeError (`pulls.no_forge`)."""
    kind, _, place = feedstock.channel.spec.partition(":")
    path = feedstock.path or feedstock.recipe_file
    if kind == "github":
        # Such a path begins with the name of the repository.
        return repository_of(feedstock.forge_url), feedstock.branch, path.partition("/")[2]
    if kind == "git":
        at = GitPlace.parse(place)
        return at.url, at.branch, f"{at.subdir}/{path}".lstrip("/")
    if kind == "dir":
        return place, "", path
    raise NO_FORGE.error(kind=kind)


def _branch(pull: PullRequest) -> str:
    """That of the row; another one if a pull request from there has ended, but is wanted again."""
    if pull.number and pull.on_forge in (OnForge.MERGED, OnForge.CLOSED):
        return message.branch_name(pull.version, f"{pull.feedstock.key} after {pull.number}")
    return pull.branch


def _columns(pull: PullRequest, seen: Pull, now: datetime) -> dict[str, Any]:
    """`looked_at` tells who follows that this is new."""
    state = _STATES[seen.state.value]
    is_same = seen.ref.number == pull.number and pull.opened_at is not None
    return {
        **columns_of(seen),
        "base": seen.ref.base,
        "state": state,
        "published_at": pull.made_at,
        "opened_at": pull.opened_at if is_same else now,
        "looked_at": None,
        "ended_at": None if state == State.OPEN else seen.updated_at,
        "branch_deleted_at": None,
    }
