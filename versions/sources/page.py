"""A web page that a maintainer named, and the pattern of the versions on it."""

from __future__ import annotations

from core.http import Door
from versions.choosing.patterns import Pattern
from versions.choosing.schemes import Scheme
from versions.outcomes import NO_MATCH_ON_PAGE
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, web_host
from versions.sources.shared import Shared

_MAX_BYTES = 8 * 1024 * 1024
_MAX_RELEASES = 5000


class Page:
    name = "page"
    title = "The page in its settings"
    urls = "Any, if `bot.version_updates.page` names a page"
    asks = "That page"
    bulk = False
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.GENERIC
    curated = False

    def __init__(self, url: str = "", pattern: Pattern | None = None) -> None:
        """What `bot.version_updates.page` says; without it, this source claims nothing."""
        self._url = url
        self._pattern = pattern

    def claims(self, url: RecipeUrl) -> Upstream | None:
        host = web_host(RecipeUrl(self._url))
        if not host or self._pattern is None:
            return None
        return Upstream(self.name, self._url, self._url, lane=host)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        answer = ask(
            door, upstream.url, title=self.title, project=upstream.project, max_bytes=_MAX_BYTES
        )
        pattern = self._pattern
        found = pattern.findall(answer.text()) if pattern else []
        versions = [each for each in dict.fromkeys(found) if is_name(each)]
        if not versions:
            raise NO_MATCH_ON_PAGE.error(
                pattern=pattern.text if pattern else "",
                url=upstream.url,
                field="bot.version_updates.page.pattern",
            )
        releases = (Release(each, self.name, url=upstream.url) for each in versions[:_MAX_RELEASES])
        return Listing(self.name, upstream.url, tuple(releases))
