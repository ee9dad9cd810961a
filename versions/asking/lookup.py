"""Looking one package up: which upstream to ask, what it lists, which release wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from core.http import Door, DoorError
from core.outcomes import Outcome, OutcomeError
from versions import outcomes
from versions.asking import seen
from versions.asking.answers import Answer, answer_of, choose
from versions.asking.claims import Claim, claimed, claims_on, tells
from versions.asking.seen import Unchanged, Witness
from versions.asking.subjects import LookupConfig, Subject
from versions.choosing.policy import Policy, read_policy
from versions.choosing.schemes import same_version
from versions.releases import Listing, RecipeUrl, Upstream
from versions.sources import Shared, registry
from versions.sources.probe import UrlProbe
from versions.sources.protocol import Watchful

__all__ = [
    "NO_LANE",
    "Answer",
    "LookupConfig",
    "Subject",
    "answer_of",
    "choose",
    "first_asked",
    "judged",
    "look_up",
]

NO_LANE = "none"


@dataclass(frozen=True, slots=True)
class _Lookup:
    """One look-up on its way: what it is about, where listings come from, what is learned."""

    subject: Subject
    policy: Policy
    listing_of: Callable[[Claim], Listing]
    witness: Witness


class _Untold(Exception):
    """A listing is needed that is not at hand."""


def look_up(subject: Subject, door: Door, shared: Shared, config: LookupConfig) -> Answer:
    """Ask the sources that know this package, in order; the first that has a version wins.

    Where the recipe downloads from several upstreams, a second one is asked too, and if it
    disagrees, that is remarked. Where upstream says that nothing has changed since the subject was
    last judged, the answer has not either. Raises nothing for what upstream, the network or the
    settings do: that is in the outcome.
    """
    known = seen.known(subject, config, datetime.now(UTC))
    witness = Witness(known, brief=subject.new)
    witnessed = door.witnessed(witness.hear)

    def asked_for(claim: Claim) -> Listing:
        witness.begin()
        through = door if claim.source.bulk else witnessed
        upstream = replace(claim.upstream, brief=True) if subject.new else claim.upstream
        listing = claim.source.list_releases(upstream, through, shared)
        witness.hear_listing(listing, shared=claim.source.bulk)
        return listing

    def is_still(claim: Claim) -> bool:
        state, source = witness.state_of(claim.source.name), claim.source
        if not (state and isinstance(source, Watchful)):
            return False
        with suppress(OutcomeError):  # the full look will come to it
            return source.still(state, claim.upstream, door, shared)
        return False

    return _answer(subject, config, asked_for, witness, is_still)


def judged(
    subject: Subject,
    listing: Listing | OutcomeError,
    words: Iterable[str],
    config: LookupConfig,
) -> Answer | None:
    """The answer of `look_up()` if the subject's upstream lists this, or fails so; None if another
    one would be asked, before it or beside it. `words` are what is known of upstream's state
    (`versions.asking.seen`).
    """

    def told(claim: Claim) -> Listing:
        if f"{claim.source.name}:{claim.upstream.project}" != subject.upstream:
            raise _Untold
        if isinstance(listing, OutcomeError):
            raise listing
        return listing

    try:
        return _answer(subject, config, told, Witness((), words))
    except _Untold:
        return None


def first_asked(urls: Iterable[RecipeUrl], config: LookupConfig) -> Upstream | None:
    """What a package with these URLs is looked up at; None if no host is asked."""
    return next(claimed(list(urls), registry(config)), None)


def _answer(
    subject: Subject,
    config: LookupConfig,
    listing_of: Callable[[Claim], Listing],
    witness: Witness,
    is_still: Callable[[Claim], bool] = lambda _claim: False,
) -> Answer:
    policy, problems = read_policy(subject.settings, hidden=subject.hidden, pinned=subject.pinned)
    try:
        sources = registry(config, policy)
        claims = claims_on(subject.urls, sources, policy, subject.name)
    except OutcomeError as error:
        return replace(Answer.failed(error.outcome), problems=problems)
    lookup = _Lookup(subject, policy, listing_of, witness)
    try:
        if any(map(is_still, claims)):
            raise Unchanged
        asked = list(_up_to_the_first(lookup, claims))
        best = _best(asked)
        if best.outcome.ok and (second := _second(asked, claims, lookup)):
            asked.append((second, _ask(second, lookup)))
    except Unchanged:
        return Answer.as_before()
    if best.outcome.ok:
        best = replace(
            best,
            remarks=(*best.remarks, *_comparison(asked)),
            seen=seen.remembered(witness.words(complete=_tells_all(asked)), subject, config),
            judge_again_at=_judge_again_at(best, policy, new=subject.new),
        )
    consulted = dict.fromkeys(claim.source.name for claim, _ in asked)
    return replace(best, consulted=tuple(consulted), problems=problems)


def _judge_again_at(answer: Answer, policy: Policy, *, new: bool) -> datetime:
    look = seen.FULL_LOOK_DAYS
    if answer.source == UrlProbe.name:
        look = seen.FIRST_GUESS_DAYS if new else seen.FULL_GUESS_DAYS
    return seen.judge_again_at(answer.judgements, policy, datetime.now(UTC), look)


def _tells_all(asked: Sequence[tuple[Claim, Answer]]) -> bool:
    """Whether the last that was asked tells all there is to know. That a host lists nothing, so
    that files have to be guessed, is not expected to change."""
    *before, (_, last) = asked
    in_vain = all(claim.generic and not answer.outcome.transient for claim, answer in before)
    return in_vain and all(each.code != outcomes.PARTIAL_ANSWER.code for each in last.remarks)


def _up_to_the_first(lookup: _Lookup, claims: Iterable[Claim]) -> Iterator[tuple[Claim, Answer]]:
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
        listing = lookup.listing_of(claim)
        selection = choose(claim, listing, lookup.subject, lookup.policy)
    except DoorError as error:
        return Answer.failed(error.outcome, error.retry_after)
    except OutcomeError as error:
        return Answer.failed(error.outcome)
    return answer_of(claim, listing, selection, lookup.subject)
