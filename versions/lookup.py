"""Looking one package up: which upstream to ask, what it lists, which release wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from core.http import Door, DoorError
from core.outcomes import OK, Outcome, OutcomeError
from versions import outcomes
from versions.policy import Policy, Problem, read_policy
from versions.releases import Listing, RecipeUrl, Upstream
from versions.schemes import parse
from versions.selection import Judgement, Recipe, Selection, select
from versions.sources import Shared, Source, registry
from versions.sources.tags import spells

NO_LANE = "none"

_HELD_BACK = {
    "no_sdist": outcomes.HELD_NO_ARTEFACT,
    "no_wheel": outcomes.HELD_NO_ARTEFACT,
    "yanked": outcomes.HELD_YANKED,
    "hidden": outcomes.HELD_HIDDEN,
    "pinned": outcomes.HELD_PINNED,
    "excluded": outcomes.HELD_BY_SETTINGS,
    "jump": outcomes.HELD_JUMP,
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
class _Claim:
    """A source, the project it recognised, and all tags of it that the recipe downloads."""

    source: Source
    upstream: Upstream
    tags: tuple[str, ...]


def look_up(subject: Subject, door: Door, shared: Shared, config: LookupConfig) -> Answer:
    """Ask the sources that know this package, in order; the first that has a version wins.

    Raises nothing for what upstream, the network or the settings do: that is in the outcome.
    """
    policy, problems = read_policy(subject.settings, hidden=subject.hidden, pinned=subject.pinned)
    try:
        claims = _allowed(_claims(subject, registry(config.index_endpoint)), policy, subject)
    except OutcomeError as error:
        return replace(Answer.failed(error.outcome), problems=problems)
    answers: list[Answer] = []
    for claim in claims:
        answers.append(_ask(claim, subject, policy, door, shared))
        if answers[-1].outcome.ok:
            break
    # If none has a version, the first source is the one the recipe is about.
    best = answers[-1] if answers[-1].outcome.ok else answers[0]
    consulted = tuple(claim.source.name for claim in claims[: len(answers)])
    return replace(best, consulted=consulted, problems=problems)


def lane_of(urls: Iterable[tuple[str, str]]) -> str:
    """The lane of a package with these (rendered, template) URLs; NO_LANE if no host is asked."""
    sources = _default_registry()
    for rendered, template in urls:
        for source in sources:
            if upstream := source.claims(RecipeUrl(rendered, template)):
                return upstream.lane
    return NO_LANE


@lru_cache(maxsize=1)
def _default_registry() -> tuple[Source, ...]:
    return registry()


def _claims(subject: Subject, sources: Sequence[Source]) -> list[_Claim]:
    """What the sources recognise, in the order of the sources. Raises `versions.no_url`,
    `versions.no_source`."""
    if not subject.urls:
        raise outcomes.NO_URL.error(name=subject.name)
    urls = _telling(subject)
    claims = [
        _Claim(source, upstream, (upstream.tag,))
        for source in sources
        for url in urls
        if (upstream := source.claims(url))
    ]
    if not claims:
        shown = ", ".join(url.rendered[:200] for url in urls[:3])
        raise outcomes.NO_SOURCE.error(name=subject.name, urls=shown)
    return _merged(claims)


def _telling(subject: Subject) -> Sequence[RecipeUrl]:
    """The URLs that change with the version: a recipe may also download test data or a patch."""
    version = subject.current_version
    telling = [u for u in subject.urls if spells(u.rendered, version) or spells(u.git_rev, version)]
    return telling or subject.urls


def _merged(claims: Iterable[_Claim]) -> list[_Claim]:
    """One claim for each project, with all its tags."""
    merged: dict[tuple[str, str], _Claim] = {}
    for claim in claims:
        key = (claim.source.name, claim.upstream.project)
        known = merged.get(key)
        merged[key] = replace(known, tags=known.tags + claim.tags) if known else claim
    return list(merged.values())


def _allowed(claims: list[_Claim], policy: Policy, subject: Subject) -> list[_Claim]:
    """The claims that the settings allow, in their order. Raises `versions.sources_excluded`."""
    if policy.sources is None:
        return claims
    chosen = [claim for name in policy.sources for claim in claims if claim.source.name == name]
    if not chosen:
        raise outcomes.SOURCES_EXCLUDED.error(
            name=subject.name,
            allowed=", ".join(policy.sources) or "none that Botsite has",
            able=", ".join(sorted({claim.source.name for claim in claims})),
            field="bot.version_updates.sources",
        )
    return chosen


def _ask(claim: _Claim, subject: Subject, policy: Policy, door: Door, shared: Shared) -> Answer:
    try:
        listing = claim.source.list_releases(claim.upstream, door, shared)
    except DoorError as error:
        return Answer.failed(error.outcome, error.retry_after)
    except OutcomeError as error:
        return Answer.failed(error.outcome)
    selection = select(
        listing.releases,
        recipe=Recipe(subject.current_version, claim.tags, claim.upstream.artefact),
        policy=policy,
        scheme=claim.source.scheme,
        curated=claim.source.curated,
        now=datetime.now(UTC),
    )
    return _answer(claim, listing, selection, subject)


def _answer(claim: _Claim, listing: Listing, selection: Selection, subject: Subject) -> Answer:
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


def _no_winner(claim: _Claim, selection: Selection) -> Outcome:
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
    claim: _Claim, listing: Listing, selection: Selection, subject: Subject
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
