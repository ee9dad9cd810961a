"""What people decide about a package, and the answer that follows from it.

Each decision is an Override, with author, reason and often an end, and can be undone. It shows at
once, even if the host is down: the stored candidates are judged again, and upstream is asked only
if they don't tell enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import overrides
from core.models import Override
from core.outcomes import Outcome, OutcomeError
from core.overrides import Person
from versions import lookup, outcomes, planner, record, sweep
from versions.claims import Claim, claims_on
from versions.lookup import Answer, Subject
from versions.models import Candidate, Package
from versions.policy import Policy, read_policy
from versions.releases import Listing, Release
from versions.rules import Recipe
from versions.schemes import is_prerelease, same_version
from versions.selection import KEPT, Judgement, Selection, Verdict, select
from versions.sources import registry
from versions.sources.protocol import Fact

KINDS = ("hide", "pin", "skip", "source", "pause")
LIMIT = 60  # decisions of one person in an hour

# What stays true when the same upstream is judged again.
_ABOUT_UPSTREAM = frozenset(
    {
        outcomes.PARTIAL_ANSWER.code,
        outcomes.SOURCES_DISAGREE.code,
        outcomes.NOT_COMPARED.code,
    }
)


def hide(
    package: Package, version: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Pass a version over, as if upstream had not published it."""
    for row in _in_force(package, "hide"):
        if same_version(row.value["version"], version):
            _end(row, by)
    value = {"version": version}
    decision = overrides.decide(
        "hide", package.key, by=by, reason=reason, value=value, expires_at=until
    )
    _take_effect(package)
    return decision


def pin(
    package: Package, version: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Take this version, whatever the rules say of it, and no other."""
    value = {"version": version}
    decision = _replace("pin", package, by=by, reason=reason, value=value, until=until)
    _take_effect(package)
    return decision


def skip(package: Package, *, by: Person, reason: str, until: datetime) -> Override:
    """Propose no update before a day. Upstream is watched all the same, and the answer shown."""
    return _replace("skip", package, by=by, reason=reason, until=until)


def choose_source(
    package: Package, source: str, *, by: Person, reason: str, until: datetime | None = None
) -> Override:
    """Ask this source alone, whatever the settings say; `sources_of()` has the choice."""
    value = {"source": source}
    decision = _replace("source", package, by=by, reason=reason, value=value, until=until)
    _ask_again(package)
    return decision


def pause(package: Package, *, by: Person, reason: str) -> None:
    """Ask upstream no more, until somebody resumes it."""
    planner.pause(_row(package), by=by, reason=reason)


def reset(package: Package, *, by: Person, reason: str) -> None:
    """Forget the answer and look again. The decisions, and the history, stay."""
    record.reset(_row(package), by=by, reason=reason)


def undo(package: Package, decision_id: int, *, by: Person) -> Override:
    """End one decision. Raises Override.DoesNotExist if it is not in force on this package."""
    decision = Override.objects.active().get(pk=decision_id, target=package.key, kind__in=KINDS)
    if decision.kind == "pause":
        planner.resume(_row(package), by=by)
    _end(decision, by)
    if decision.kind == "source":
        _ask_again(package)
    elif decision.kind in sweep.DECISIONS:
        _take_effect(package)
    return decision


def of(package: Package) -> list[Override]:
    """The decisions in force, newest first."""
    return _in_force(package, *KINDS)


def sentence(decision: Override) -> str:
    """Who decided what, and why."""
    what = {
        "hide": "hid {version}",
        "pin": "pinned {version}",
        "skip": "wants no update proposed before {day}",
        "source": "chose {source} as the only source",
        "pause": "paused the checks",
    }[decision.kind]
    until = decision.expires_at
    told = what.format(**decision.value, day=f"{until.day} {until:%B %Y}" if until else "")
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.author_name} {told}{reason}".rstrip(".") + "."


def too_many(person: Person) -> bool:
    """Whether somebody, staff excepted, decided too much in the last hour."""
    if person is None or not person.is_authenticated or person.is_staff:
        return False
    hour_ago = timezone.now() - timedelta(hours=1)
    made = Override.objects.filter(author=person, created_at__gt=hour_ago)
    ended = Override.objects.filter(ended_by=overrides.name_of(person), ended_at__gt=hour_ago)
    return made.count() + ended.count() >= LIMIT


def sources_of(package: Package) -> list[str]:
    """The names of the sources that can be asked for a package, in the order of the registry."""
    sources = registry(_index())
    able = Policy(sources=tuple(each.name for each in sources))
    try:
        claims = claims_on(sweep.subject_of(package, ()).urls, sources, able, package.name)
    except OutcomeError:
        return []
    return list(dict.fromkeys(claim.source.name for claim in claims))


def _replace(
    kind: str,
    package: Package,
    *,
    by: Person,
    reason: str,
    value: dict[str, Any] | None = None,
    until: datetime | None = None,
) -> Override:
    """A package has one pin, one source and one day to wait for."""
    overrides.undo(kind, package.key, by=by)
    return overrides.decide(kind, package.key, by=by, reason=reason, value=value, expires_at=until)


def _end(decision: Override, by: Person) -> None:
    # A package may have several versions hidden; `overrides.undo()` would show them all again.
    Override.objects.filter(pk=decision.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=overrides.name_of(by)
    )


def _in_force(package: Package, *kinds: str) -> list[Override]:
    return overrides.in_force([package.key], kinds).get(package.key, [])


def _row(package: Package) -> Any:
    return Package.objects.filter(pk=package.pk)


# The answer that follows


def _take_effect(package: Package) -> None:
    package.refresh_from_db()
    remembered = _remember(package, _subject(package))
    if remembered is not None and remembered.complete:
        record.rejudge(package, remembered.answer)
        return
    if remembered is not None and _rejects(remembered.answer, package.latest_version):
        record.withdraw(package)
    _ask_again(package)


def _ask_again(package: Package) -> None:
    planner.hasten(_row(package))


def _subject(package: Package) -> Subject:
    return sweep.subject_of(package, _in_force(package, *sweep.DECISIONS))


def _rejects(answer: Answer, version: str) -> bool:
    return any(
        each.version == version and each.verdict is Verdict.REJECTED for each in answer.judgements
    )


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the stored candidates come to. If it is not `complete`, one that was not kept might
    come before the winner."""

    answer: Answer
    complete: bool


def _remember(package: Package, subject: Subject) -> Remembered | None:
    """None if other things would be asked than those whose candidates are stored."""
    policy, problems = _policy(subject)
    rows = list(package.candidates.all())
    try:
        asked, before = _asked(subject), _asked(_subject(package))
        claim = next((each for each in asked.claims if rows and _told(each, rows)), None)
        if claim is None or asked.what != before.what:
            return None
        listing = Listing(
            claim.source.name, package.latest_url, tuple(_release(claim, row) for row in rows)
        )
        selection = _select(claim, listing, subject, policy)
    except OutcomeError:
        return None
    answer = lookup._answer(claim, listing, selection, subject)
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
    claims = claims_on(subject.urls, registry(_index(), policy), policy, subject.name)
    places = tuple((claim.source.name, claim.upstream) for claim in claims)
    nvidia = policy.nvidia_compute_subdir, policy.nvidia_json_name
    return _Asked(claims, (places, policy.page, nvidia))


def _policy(subject: Subject) -> Any:
    return read_policy(subject.settings, hidden=subject.hidden, pinned=subject.pinned)


def _index() -> str:
    return str(settings.BOTSITE_HTTP["index_endpoint"])


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


def _select(claim: Claim, listing: Listing, subject: Subject, policy: Policy) -> Selection:
    return select(
        listing.releases,
        recipe=Recipe(subject.current_version, claim.tags, claim.upstream.artefact),
        policy=policy,
        scheme=policy.scheme or claim.source.scheme,
        curated=claim.source.curated,
        now=datetime.now(UTC),
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
    subject = _subject(trial)
    remembered = _remember(package, subject)
    if remembered is not None and remembered.complete:
        return _compare(package, remembered.answer, live=False)
    [answer] = sweep.preview([package], dict(subject.settings))
    return _compare(package, answer, live=True)


def _compare(package: Package, answer: Answer, *, live: bool) -> Preview:
    stored = {row.tag: row for row in package.candidates.all()}
    changes = [
        Change(each.version, stored.pop(record.tag_of(each), None), each)
        for each in answer.judgements
    ]
    gone = [Change(row.version, row, None) for row in stored.values()]
    return Preview(answer, (*changes, *gone), live)
