"""CPAN, by way of MetaCPAN's list of all releases of a distribution.

CPAN's own index, `02packages.details.txt.gz`, serves all packages at once, but knows only the
newest release of each, and neither its date nor whether it is meant for developers.

Perl compares decimal versions as numbers (2.1 is above 2.09); conda does not, and conda's order is
what users of a channel live with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.outcomes import PROJECT_NOT_FOUND
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.reading import ask, is_name, moment, path_of, reading, web_host
from versions.sources.shared import Shared

_VERSIONS = "https://fastapi.metacpan.org/v1/release/versions"
# /authors/id/E/ET/ETHER/Moose-2.2004.tar.gz, on CPAN or one of its mirrors, perhaps in a folder
_SHAPE = re.compile(
    r"(?:/.*)?/authors/id/(?P<a>[A-Z])/(?P<b>(?P=a)[A-Z0-9-])/(?P=b)[A-Z0-9-]*/(?:.+/)?"
    r"(?P<name>[A-Za-z][A-Za-z0-9_+-]{0,127}?)-(?P<version>v?[0-9][A-Za-z0-9._]*?)(?:-TRIAL[0-9]*)?"
    r"\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)"
)


class Cpan:
    name = "cpan"
    title = "CPAN"
    urls = "`.../authors/id/A/AB/ABC/NAME-VERSION.tar.gz`, on CPAN and its mirrors"
    asks = "`fastapi.metacpan.org/v1/release/versions/NAME`"
    bulk = False
    knows = frozenset({Fact.DATE, Fact.PRERELEASE, Fact.YANKED})
    scheme = Scheme.GENERIC
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = _SHAPE.fullmatch(path_of(url))
        if match is None or not web_host(url):
            return None
        page = f"https://metacpan.org/dist/{match['name']}"
        name, version = match["name"], match["version"]
        return Upstream(self.name, name, page, lane="fastapi.metacpan.org", tag=version)

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        project = upstream.project
        answer = ask(door, f"{_VERSIONS}/{project}", title=self.title, project=project)
        with reading(self.title, project):
            entries = answer.json()["releases"]
            releases = tuple(_releases(entries, upstream))
            skipped = len(entries) - len(releases)
        if not releases:
            # MetaCPAN finds no releases of a name that it never heard of.
            raise PROJECT_NOT_FOUND.error(title=self.title, project=project)
        return Listing(self.name, upstream.url, releases, skipped)


def _releases(entries: list[dict[str, Any]], upstream: Upstream) -> Iterator[Release]:
    for each in entries:
        version = each["version"]
        # Not `authorized` is an upload by somebody who may not release this distribution.
        if is_name(version) and each.get("authorized") is not False:
            yield Release(
                version,
                Cpan.name,
                tag=version,
                url=upstream.url,
                released_at=moment(each.get("date")),
                prerelease=each.get("maturity") == "developer",
                yanked=each.get("status") == "backpan",
            )
