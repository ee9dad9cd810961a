"""CRAN, for R packages: one index serves all lookups of a batch."""

from __future__ import annotations

import re

from core.http import Door
from versions.choosing.schemes import Scheme
from versions.releases import Listing, RecipeUrl, Release, Upstream
from versions.sources.protocol import Fact
from versions.sources.r_index import versions_of
from versions.sources.shared import Shared

_INDEX = "https://cran.r-project.org/src/contrib/PACKAGES.gz"
_SHAPE = re.compile(
    r"(?P<root>.*)/src/contrib/(?:.+/)?"
    r"(?P<name>[A-Za-z][A-Za-z0-9.]{0,127})_(?P<version>[^/_]+)\.tar\.gz"
)


class Cran:
    name = "cran"
    title = "CRAN"
    urls = "`.../src/contrib/NAME_VERSION.tar.gz` and its `Archive/`, on CRAN and its mirrors"
    asks = "`cran.r-project.org/src/contrib/PACKAGES.gz`, once for all packages"
    bulk = True
    knows: frozenset[Fact] = frozenset()
    scheme = Scheme.R
    curated = True

    def claims(self, url: RecipeUrl) -> Upstream | None:
        name = _package(url)
        if not name:
            return None
        page = f"https://cran.r-project.org/package={name}"
        return Upstream(self.name, name, page, lane="cran", artefact="sdist")

    def list_releases(self, upstream: Upstream, door: Door, shared: Shared) -> Listing:
        versions = versions_of(upstream.project, _INDEX, door, shared, title=self.title)
        releases = (Release(version, self.name, url=upstream.url) for version in versions)
        return Listing(self.name, upstream.url, tuple(releases))


def _package(url: RecipeUrl) -> str:
    """The package in a URL of CRAN or one of its mirrors, else ""."""
    parts = url.parts
    match = _SHAPE.fullmatch(parts.path) if parts else None
    if parts is None or match is None or not _is_cran(parts.hostname or "", match["root"]):
        return ""
    return match["name"]


def _is_cran(host: str, root: str) -> bool:
    """Bioconductor, R-universe and R-Forge share the shape of CRAN's paths, but are not mirrors."""
    return host.split(".")[0].startswith("cran") or "cran" in root.lower().split("/")
