"""RubyGems (https://guides.rubygems.org/rubygems-org-api/#gem-version-methods)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, match_on, moment, reading
from versions.sources.shared import Shared

_HOSTS = frozenset({"rubygems.org", "www.rubygems.org", "production.cf.rubygems.org"})
_NAME = r"(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]{0,127})"
_VERSION = r"[0-9][0-9A-Za-z.]*"
_PLATFORM = r"(?:x86|x64|arm|aarch64|universal|java|jruby|mswin|mingw|ppc|powerpc)[\w.-]*"
# A name may end like a version and a platform may hold digits, so the longer form is tried first.
_SHAPES = (
    re.compile(rf"/(?:downloads|gems)/{_NAME}-{_VERSION}-(?P<platform>{_PLATFORM})\.gem"),
    re.compile(rf"/(?:downloads|gems)/{_NAME}-{_VERSION}(?P<platform>)\.gem"),
)


class RubyGems:
    name = "rubygems"
    title = "RubyGems"
    urls = "`rubygems.org/downloads/NAME-VERSION.gem` and `rubygems.org/gems/NAME-VERSION.gem`"
    asks = "`rubygems.org/api/v1/versions/NAME.json`"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.PRERELEASE, Fact.ARTEFACTS})
    scheme = Scheme.GENERIC
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = match_on(_HOSTS, url, *_SHAPES)
        if match is None:
            return None
        page = f"https://rubygems.org/gems/{match['name']}"
        artefact = "" if match["platform"] else "sdist"
        return Upstream(self.name, match["name"], page, lane="rubygems.org", artefact=artefact)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        url = f"https://rubygems.org/api/v1/versions/{upstream.project}.json"
        answer = ask(door, url, title=self.title, project=upstream.project)
        with reading(self.title, upstream.project):
            entries = answer.json()
            gems: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for each in entries:
                if is_name(each["number"]):
                    gems[each["number"]].append(each)
            skipped = len(entries) - sum(map(len, gems.values()))
            releases = tuple(_release(number, gems[number], upstream) for number in gems)
            return Listing(self.name, upstream.url, releases, skipped)


def _release(number: str, gems: list[dict[str, Any]], upstream: Upstream) -> Release:
    times = [when for gem in gems if (when := moment(gem.get("created_at")))]
    return Release(
        number,
        RubyGems.name,
        url=f"{upstream.url}/versions/{number}",
        released_at=min(times, default=None),
        prerelease=any(gem.get("prerelease") is True for gem in gems),
        artefacts=frozenset(_kind(gem.get("platform")) for gem in gems),
        artefacts_known=True,
    )


def _kind(platform: object) -> str:
    """A gem for the platform `ruby` is the source; others are built for one platform."""
    if platform in (None, "", "ruby"):
        return "sdist"
    return platform if is_name(platform) else "another gem"
