"""Bioconductor, for R packages: four repositories, with one index each.

The current release is asked for, whichever release of Bioconductor the recipe downloads from: a
package that is not in it any more is archived.
"""

from __future__ import annotations

import re

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.r_index import versions_of
from versions.sources.reading import match_on
from versions.sources.shared import Shared

_HOSTS = frozenset({"bioconductor.org", "www.bioconductor.org", "master.bioconductor.org"})
_ROOT = "https://bioconductor.org/packages/release"
# /packages/3.18/bioc/src/contrib/NAME_1.0.0.tar.gz, also .../contrib/Archive/NAME/...
_SHAPE = re.compile(
    r"/packages/[^/]+/(?P<section>bioc|data/annotation|data/experiment|workflows)/src/contrib/"
    r"(?:Archive/[^/]+/)?(?P<name>[A-Za-z][A-Za-z0-9.]{0,127})_[^/_]+\.tar\.gz"
)


class Bioconductor:
    name = "bioconductor"
    title = "Bioconductor"
    urls = "`bioconductor.org/packages/RELEASE/SECTION/src/contrib/NAME_VERSION.tar.gz`"
    asks = "`PACKAGES.gz` of the section, in the current release, once for all packages"
    bulk = True
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.R
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        match = match_on(_HOSTS, url, _SHAPE)
        if match is None:
            return None
        page = f"{_ROOT}/{match['section']}/html/{match['name']}.html"
        return Upstream(self.name, match["name"], page, lane=self.name, artefact="sdist")

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        section = upstream.url.removeprefix(_ROOT).partition("/html/")[0]
        index = f"{_ROOT}{section}/src/contrib/PACKAGES.gz"
        versions = versions_of(upstream.project, index, door, shared, title=self.title)
        releases = (Release(version, self.name, url=upstream.url) for version in versions)
        return Listing(self.name, upstream.url, tuple(releases))
