"""What the stored candidates come to when they are judged again: by other decisions, or by other
settings. No request is made unless they don't tell enough."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from core import overrides
from core.outcomes import Outcome, OutcomeError
from versions import outcomes, sweep
from versions.asking.claims import Claim, claims_on
from versions.asking.configuration import lookup_config
from versions.asking.lookup import Answer, Subject, answer_of, choose
from versions.choosing.policy import Policy, Problem, read_policy
from versions.choosing.schemes import is_prerelease
from versions.choosing.selection import KEPT, Judgement, Selection, kept
from versions.models import Candidate, Package
from versions.recording import candidates
from versions.releases import Listing, Release
from versions.shifts.looking import DECISIONS, subject_of
from versions.sources import registry
from versions.sources.protocol import Fact

# What stays true when the same upstream is judged again.
_ABOUT_UPSTREAM = frozenset(
    {
        outcomes.PARTIAL_ANSWER.code,
        outcomes.SOURCES_DISAGREE.code,
        outcomes.NOT_COMPARED.code,
    }
)


def subject_now(package: Package) -> Subject:
    """The package with the decisions in force on it."""
    found = overrides.in_force([package.key], DECISIONS).get(package.key, [])
    return subject_of(package, found)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the stored candidates come to. If it is not `complete`, one that was not kept might
    come before the winner."""

    answer: Answer
    complete: bool


def remember(package: Package, subject: Subject) -> Remembered | None:
    """None if other things would be asked than those whose candidates are stored."""
    policy, problems = _policy(subject)
    rows = list(package.candidates.all())
    try:
        asked, before = _asked(subject), _asked(subject_now(package))
        claim = next((each for each in asked.claims if rows and _told(each, rows)), None)
        if claim is None or asked.what != before.what:
            return None
        listing = Listing(
            claim.source.name, package.latest_url, tuple(_release(claim, row) for row in rows)
        )
        selection = choose(claim, listing, subject, policy)
    except OutcomeError:
        return None
    answer = answer_of(claim, listing, selection, subject)
    answer = replace(
        answer,
        problems=problems,
        consulted=(claim.source.name,),
        remarks=(*answer.remarks, *_still_true(package, answer)),
    )
    return Remembered(answer, _is_complete(package, claim, selection, policy))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a look-up asks for; `what` is equal where it asks the same."""

    claims: list[Claim]
    what: tuple[object, ...]


def _asked(subject: Subject) -> _Asked:
    policy, _ = _policy(subject)
    claims = claims_on(subject.urls, registry(lookup_config(), policy), policy, subject.name)
    places = tuple((claim.source.name, claim.upstream) for claim in claims)
    nvidia = policy.nvidia_compute_subdir, policy.nvidia_json_name
    return _Asked(claims, (places, policy.page, nvidia))


def _policy(subject: Subject) -> tuple[Policy, tuple[Problem, ...]]:
    return read_policy(subject.settings, hidden=subject.hidden, pinned=subject.pinned)


def _told(claim: Claim, rows: list[Candidate]) -> bool:
    return claim.source.name == rows[0].source


def _release(claim: Claim, row: Candidate) -> Release:
    return Release(
        version=row.tag,
        source=row.source,
        tag=row.tag if row.tagged else "",
        url=row.url,
        released_at=row.released_at,
        prerelease=row.prerelease,
        yanked=row.yanked,
        artefacts=frozenset(row.artefacts),
        artefacts_known=Fact.ARTEFACTS in claim.source.knows,
    )


def _still_true(package: Package, answer: Answer) -> Iterator[Outcome]:
    if answer.latest_version == package.latest_version:
        for remark in package.remarks:
            if remark["code"] in _ABOUT_UPSTREAM:
                yield Outcome.from_dict(remark)


def _is_complete(package: Package, claim: Claim, selection: Selection, policy: Policy) -> bool:
    """The newest candidates are kept in a row, so what comes before a winner among them is known.
    Whether a pre-release may win depends on all of them, and a rewrite may turn any into one."""
    if not package.candidates_left_out:
        return True
    winner = selection.winner
    if winner is None or policy.rewrite or policy.scheme:
        return False
    scheme, words = claim.source.scheme, policy.prerelease_words
    prerelease = winner.release.prerelease or is_prerelease(winner.version, scheme, words)
    return selection.judgements.index(winner) < KEPT and not prerelease


# Trying settings


@dataclass(frozen=True, slots=True)
class Change:
    """One version: what is stored about it, and what other settings would make of it."""

    version: str
    before: Candidate | None
    after: Judgement | None

    @property
    def changes(self) -> bool:
        before = (self.before.verdict, self.before.rule) if self.before else None
        after = (self.after.verdict, self.after.rule) if self.after else None
        return before != after


@dataclass(frozen=True, slots=True)
class Preview:
    """What other settings would answer. `live` says that upstream was asked for it."""

    answer: Answer
    changes: tuple[Change, ...]
    live: bool

    @property
    def changed(self) -> list[Change]:
        return [each for each in self.changes if each.changes]


def preview(package: Package, bot: dict[str, Any]) -> Preview:
    """Judge with these settings for `bot:`, from what is stored if that tells enough. Saves
    nothing."""
    trial = copy(package)
    trial.settings = bot
    subject = subject_now(trial)
    remembered = remember(package, subject)
    if remembered is not None and remembered.complete:
        return _compare(package, remembered.answer, live=False)
    [answer] = sweep.preview([package], dict(subject.settings))
    return _compare(package, answer, live=True)


def _compare(package: Package, answer: Answer, *, live: bool) -> Preview:
    stored = {row.tag: row for row in package.candidates.all()}
    worth_storing, _ = kept(answer.judgements, package.current_version)
    changes = [
        Change(each.version, stored.pop(candidates.tag_of(each), None), each)
        for each in worth_storing
    ]
    gone = [Change(row.version, row, None) for row in stored.values()]
    return Preview(answer, (*changes, *gone), live)
