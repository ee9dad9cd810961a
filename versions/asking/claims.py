"""Which sources know where a recipe comes from, and which of them are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from versions import outcomes
from versions.choosing.policy import Policy
from versions.releases import RecipeUrl, Upstream
from versions.sources import GENERIC, Source
from versions.sources.tags import spells

# A recipe may name many mirrors; so many of them are asked by sources that take any host.
_MOST = {"listing": 3, "probe": 1}


@dataclass(frozen=True, slots=True)
class Claim:
    """A source, the project it recognised, and all tags of it that the recipe downloads."""

    source: Source
    upstream: Upstream
    tags: tuple[str, ...]

    @property
    def generic(self) -> bool:
        return self.source.name in GENERIC


def claimed(urls: Sequence[RecipeUrl], sources: Sequence[Source]) -> Iterator[Upstream]:
    """What the sources recognise in a recipe's URLs, in the order in which they are asked."""
    for claim in _all_claims(_telling(urls), sources, Policy()):
        yield claim.upstream


def claims_on(
    urls: Sequence[RecipeUrl], sources: Sequence[Source], policy: Policy, name: str
) -> list[Claim]:
    """What is asked, in order. `name` is the package's. Raises `versions.no_url`,
    `versions.no_source`, `versions.sources_excluded`."""
    if not urls:
        raise outcomes.NO_URL.error(name=name)
    urls = _telling(urls)
    claims = _merged(_all_claims(urls, sources, policy))
    if not claims:
        shown = ", ".join(url.rendered[:200] for url in urls[:3])
        raise outcomes.NO_SOURCE.error(name=name, urls=shown)
    return _few(_allowed(claims, policy, name))


def _all_claims(
    urls: Sequence[RecipeUrl], sources: Sequence[Source], policy: Policy
) -> Iterator[Claim]:
    """Generic sources claim only what no other source does, unless the settings ask for them."""
    taken: set[RecipeUrl] = set()
    for source in sources:
        wanted = source.name in (policy.sources or ())
        for url in urls:
            if source.name in GENERIC and url in taken and not wanted:
                continue
            if upstream := source.claims(url):
                yield Claim(source, upstream, (upstream.tag,))
                taken |= {url} if source.name not in GENERIC else set()


def _telling(urls: Sequence[RecipeUrl]) -> Sequence[RecipeUrl]:
    """The URLs that change with the version: a recipe may also download test data or a patch."""
    return [url for url in urls if tells(url)] or urls


def tells(url: RecipeUrl) -> bool:
    """Whether a URL changes with the version."""
    return spells(url.rendered, url.version) or spells(url.git_rev, url.version)


def _merged(claims: Iterable[Claim]) -> list[Claim]:
    """One claim for each project, with all its tags."""
    merged: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        key = (claim.source.name, claim.upstream.project)
        known = merged.get(key)
        merged[key] = replace(known, tags=known.tags + claim.tags) if known else claim
    return list(merged.values())


def _allowed(claims: list[Claim], policy: Policy, name: str) -> list[Claim]:
    """The claims that the settings allow, in their order. Raises `versions.sources_excluded`."""
    names = policy.sources
    if names is None and policy.page:
        names = ("page",)
    if names is None:
        return claims
    chosen = [claim for name in names for claim in claims if claim.source.name == name]
    if not chosen:
        raise outcomes.SOURCES_EXCLUDED.error(
            name=name,
            allowed=", ".join(names) or "none that Botsite has",
            able=", ".join(sorted({claim.source.name for claim in claims})),
            field="bot.version_updates.sources",
        )
    return chosen


def _few(claims: Iterable[Claim]) -> list[Claim]:
    counts: Counter[str] = Counter()
    few: list[Claim] = []
    for claim in claims:
        counts[claim.source.name] += 1
        if counts[claim.source.name] <= _MOST.get(claim.source.name, len(few) + 1):
            few.append(claim)
    return few
