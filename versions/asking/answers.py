"""How a look-up ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from core.outcomes import OK, Outcome
from versions import outcomes
from versions.asking.claims import Claim
from versions.asking.subjects import Subject
from versions.choosing.policy import Policy
from versions.choosing.rules import Recipe
from versions.choosing.schemes import parse
from versions.choosing.selection import Judgement, Selection, select
from versions.choosing.settings_reader import Problem
from versions.releases import Listing

_HELD_BACK = {
    "no_sdist": outcomes.HELD_NO_ARTEFACT,
    "no_wheel": outcomes.HELD_NO_ARTEFACT,
    "yanked": outcomes.HELD_YANKED,
    "hidden": outcomes.HELD_HIDDEN,
    "pinned": outcomes.HELD_PINNED,
    "excluded": outcomes.HELD_BY_SETTINGS,
    "jump": outcomes.HELD_JUMP,
    "cooldown": outcomes.HELD_COOLDOWN,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a look-up ended.

    `outcome` is ok whenever an acceptable version was found, newer or not. `remarks` say what a
    person should know besides: a newer version that is held back, none as new as the recipe's, a
    part that could not be asked for.
    `problems` are settings that were not understood, `consulted` the sources that were asked.
    `retry_after` is in seconds, when the host named it.

    `seen` and `judge_again_at` are for the next look-up's Subject. An `unchanged` answer says that
    the last one still holds, and nothing else.
    """

    outcome: Outcome
    latest_version: str = ""
    source: str = ""
    url: str = ""
    released_at: datetime | None = None
    judgements: tuple[Judgement, ...] = ()
    retry_after: float | None = None
    consulted: tuple[str, ...] = ()
    remarks: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: bool = False
    seen: str = ""
    judge_again_at: datetime | None = None

    @classmethod
    def failed(cls, outcome: Outcome, retry_after: float | None = None) -> Self:
        return cls(outcome, retry_after=retry_after)

    @classmethod
    def as_before(cls) -> Self:
        return cls(OK, unchanged=True)


def choose(claim: Claim, listing: Listing, subject: Subject, policy: Policy) -> Selection:
    """Judge what a source listed. Raises OutcomeError if a pattern of the settings is too slow."""
    return select(
        listing.releases,
        recipe=Recipe(subject.current_version, claim.tags, claim.upstream.artefact),
        policy=policy,
        scheme=policy.scheme or claim.source.scheme,
        curated=claim.source.curated,
        now=datetime.now(UTC),
    )


def answer_of(claim: Claim, listing: Listing, selection: Selection, subject: Subject) -> Answer:
    """The answer that a selection from one listing comes to."""
    common = Answer(
        OK,
        source=claim.source.name,
        url=listing.url,
        judgements=selection.judgements,
        remarks=_remarks(claim, listing, selection, subject),
    )
    winner = selection.winner
    if winner is None:
        return replace(common, outcome=_no_winner(claim, selection))
    return replace(
        common,
        latest_version=winner.version,
        url=winner.release.url or listing.url,
        released_at=winner.release.released_at,
    )


def _no_winner(claim: Claim, selection: Selection) -> Outcome:
    about: dict[str, Any] = {"title": claim.source.title, "project": claim.upstream.project}
    if not selection.judgements:
        return outcomes.NO_CANDIDATES.outcome(**about)
    for judgement in selection.judgements:
        if judgement.rule == "no_sdist":
            return outcomes.ONLY_WITHOUT_SDIST.outcome(**about, version=judgement.version)
    rules = Counter(judgement.rule for judgement in selection.judgements).most_common()
    why = ", ".join(f"{count} by the rule {rule}" for rule, count in rules)
    return outcomes.ALL_REJECTED.outcome(**about, count=len(selection.judgements), why=why)


def _remarks(
    claim: Claim, listing: Listing, selection: Selection, subject: Subject
) -> tuple[Outcome, ...]:
    remarks: list[Outcome] = []
    if why := listing.remark:
        remarks.append(outcomes.PARTIAL_ANSWER.outcome(title=claim.source.title, why=why))
    if held := selection.held_back:
        remarks.append(_HELD_BACK[held.rule].outcome(version=held.version, why=held.sentence))
    current = parse(subject.current_version)
    newest = parse(selection.winner.version) if selection.winner else None
    if current is not None and newest is not None and newest < current:
        remarks.append(
            outcomes.NEWER_THAN_UPSTREAM.outcome(
                current=subject.current_version, latest=str(newest)
            )
        )
    return tuple(remarks)
