"""The version sources, in the order in which they are asked."""

from __future__ import annotations

from functools import lru_cache

from versions.asking.subjects import LookupConfig
from versions.choosing.policy import Policy
from versions.sources.bioconductor import Bioconductor
from versions.sources.cpan import Cpan
from versions.sources.cran import Cran
from versions.sources.crates import Crates
from versions.sources.git import Git
from versions.sources.gitea import Gitea
from versions.sources.github import GitHub
from versions.sources.gitlab import GitLab
from versions.sources.listing import DirectoryListing
from versions.sources.npm import Npm
from versions.sources.nvidia import Nvidia
from versions.sources.page import Page
from versions.sources.probe import UrlProbe
from versions.sources.protocol import Source
from versions.sources.pypi import PackageIndex
from versions.sources.rubygems import RubyGems
from versions.sources.shared import Shared
from versions.sources.sourceforge import SourceForge

__all__ = ["GENERIC", "Shared", "Source", "registry"]

# These take any host, and are asked only for URLs that no other source claims.
GENERIC = frozenset({DirectoryListing.name, UrlProbe.name})


_USUAL = LookupConfig()
_NO_WISHES = Policy()
_NO_PAGE = Page()


def registry(config: LookupConfig = _USUAL, policy: Policy = _NO_WISHES) -> tuple[Source, ...]:
    """All sources. `policy` tells some of them where to look."""
    sources = _sources(config, policy.nvidia_compute_subdir, policy.nvidia_json_name)
    if policy.page is None:
        return sources
    page = Page(policy.page.url, policy.page.pattern)
    return tuple(page if source is _NO_PAGE else source for source in sources)


@lru_cache(maxsize=64)
def _sources(
    config: LookupConfig, nvidia_compute_subdir: str, nvidia_json_name: str
) -> tuple[Source, ...]:
    forges = (GitHub(), GitLab(), Gitea(config.gitea_hosts))
    return (
        PackageIndex(config.index_endpoint),
        Cran(),
        Bioconductor(),
        Npm(),
        Crates(),
        RubyGems(),
        Cpan(),
        *forges,
        Nvidia(nvidia_compute_subdir, nvidia_json_name),
        SourceForge(),
        Git(forges),
        DirectoryListing(),
        _NO_PAGE,
        UrlProbe(),
    )
