"""Looking one package up: which upstream to ask, what it lists, which release wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Self

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from core.http import Door, DoorError
from core.outcomes import OK, Outcome, OutcomeError
from versions import outcomes
from versions.claims import Claim, claimed, claims_on, tells
from versions.policy import Policy, read_policy
from versions.releases import Listing, RecipeUrl
from versions.rules import Recipe
from versions.schemes import parse, same_version
from versions.selection import Judgement, Selection, select
from versions.settings_reader import Problem
from versions.sources import Shared, registry

NO_LANE = "none"

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
class LookupConfig:
    """`index_endpoint` is the simple API of the package index, or of the operator's mirror."""

    index_endpoint: str = PYPI_SIMPLE_ENDPOINT


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked up. `settings` is the `bot:` section of conda-forge.yml, as YAML gave it;
    `hidden` maps versions to the reason of the person who hid them."""

    key: str
    name: str
    current_version: str
    urls: tuple[RecipeUrl, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    pinned: str | None = None

    @classmethod
    def of(
        cls,
        *,
        key: str,
        name: str,
        current_version: str,
        urls: Iterable[Mapping[str, str]],
        settings: Mapping[str, Any] | None = None,
        hidden: Mapping[str, str] | None = None,
        pinned: str | None = None,
    ) -> Self:
        """A subject from `urls` as they are stored: {rendered, template, git_rev}."""
        recipe_urls = tuple(
            RecipeUrl(
                url["rendered"], url.get("template", ""), current_version, url.get("git_rev", "")
            )
            for url in urls
        )
        return cls(key, name, current_version, recipe_urls, settings or {}, hidden or {}, pinned)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a look-up ended.

    `outcome` is ok whenever an acceptable version was found, newer or not. `remarks` say what a
    person should know besides: a newer version that is held back, none as new as the recipe's, a
    part that could not be asked for.
    `problems` are settings that were not understood, `consulted` the sources that were asked.
    `retry_after` is in seconds, when the host named it.
    """

    outcome: Outcome
    latest_version: str = ""
    source: str = ""
    url: str = ""
    released_at: datetime | None = None
    judgements: tuple[Judgement, ...] = ()
    digest: str = ""
    retry_after: float | None = None
    consulted: tuple[str, ...] = ()
    remarks: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def failed(cls, outcome: Outcome, retry_after: float | None = None) -> Self:
        return cls(outcome, retry_after=retry_after)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """One look-up on its way: what it is about, and by which means."""

    subject: Subject
    policy: Policy
    door: Door
    shared: Shared


def look_up(subject: Subject, door: Door, shared: Shared, config: LookupConfig) -> Answer:
    """Ask the sources that know this package, in order; the first that has a version wins.

    Where the recipe downloads from several upstreams, a second one is asked too, and if it
    disagrees, that is remarked. Raises nothing for what upstream, the network or the settings do:
    that is in the outcome.
    """
    policy, problems = read_policy(subject.settings, hidden=subject.hidden, pinned=subject.pinned)
    try:
        claims = claims_on(
            subject.urls, registry(config.index_endpoint, policy), policy, subject.name
        )
    except OutcomeError as error:
        return replace(Answer.failed(error.outcome), problems=problems)
    lookup = _Lookup(subject, policy, door, shared)
    asked = list(_asked(lookup, claims))
    best = _best(asked)
    if best.outcome.ok:
        if second := _second(asked, claims, lookup):
            asked.append((second, _ask(second, lookup)))
        best = replace(best, remarks=(*best.remarks, *_comparison(asked)))
    consulted = dict.fromkeys(claim.source.name for claim, _ in asked)
    return replace(best, consulted=tuple(consulted), problems=problems)


def lane_of(urls: Iterable[tuple[str, str]], version: str = "") -> str:
    """The lane of a package with these (rendered, template) URLs; NO_LANE if no host is asked."""
    recipe_urls = [RecipeUrl(rendered, template, version) for rendered, template in urls]
    first = next(claimed(recipe_urls), None)
    return first.lane if first else NO_LANE


def _asked(lookup: _Lookup, claims: Iterable[Claim]) -> Iterator[tuple[Claim, Answer]]:
    """Claims with their answers, up to the first that has a version."""
    down: set[str] = set()
    for claim in claims:
        if claim.upstream.lane in down:
            continue
        answer = _ask(claim, lookup)
        yield claim, answer
        if answer.outcome.ok:
            return
        if answer.outcome.transient and answer.outcome.code.startswith("http."):
            down.add(claim.upstream.lane)


def _best(asked: Sequence[tuple[Claim, Answer]]) -> Answer:
    """The answer that has a version; else the first of the source that the recipe is about, or
    what the last resort came to."""
    last = asked[-1][1]
    if last.outcome.ok:
        return last
    return next((answer for claim, answer in asked if not claim.generic), last)


# Comparing


def _second(
    asked: Sequence[tuple[Claim, Answer]], claims: Sequence[Claim], lookup: _Lookup
) -> Claim | None:
    """Another upstream that the recipe downloads the same version from, to compare with.

    Only where the first claim answered: the sources before it have been asked already. Whoever
    chose the sources has no doubt.
    """
    first = asked[0][0]
    if len(asked) > 1 or first.generic or lookup.policy.sources is not None:
        return None
    if not any(map(tells, lookup.subject.urls)):
        return None
    others = (each for each in claims if each.source.name != first.source.name)
    return next((each for each in others if not each.generic), None)


def _comparison(asked: Sequence[tuple[Claim, Answer]]) -> Iterator[Outcome]:
    """What two dedicated sources have to say against each other."""
    dedicated = [(claim, answer) for claim, answer in asked if not claim.generic]
    for _, answer in dedicated:
        if not answer.outcome.ok:
            yield outcomes.NOT_COMPARED.outcome(why=answer.outcome.message)
    told = [(claim, answer) for claim, answer in dedicated if answer.outcome.ok]
    for (claim, first), (other, second) in pairwise(told):
        if not same_version(first.latest_version, second.latest_version):
            yield outcomes.SOURCES_DISAGREE.outcome(
                title=claim.source.title,
                version=first.latest_version,
                url=first.url,
                other_title=other.source.title,
                other_version=second.latest_version,
                other_url=second.url,
            )


# Asking one source


def _ask(claim: Claim, lookup: _Lookup) -> Answer:
    try:
        listing = claim.source.list_releases(claim.upstream, lookup.door, lookup.shared)
        selection = choose(claim, listing, lookup.subject, lookup.policy)
    except DoorError as error:
        return Answer.failed(error.outcome, error.retry_after)
    except OutcomeError as error:
        return Answer.failed(error.outcome)
    return answer_of(claim, listing, selection, lookup.subject)


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
        digest=listing.digest,
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
