"""The version sources, in the order in which they are asked."""

from __future__ import annotations

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from versions.policy import Policy
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


def registry(
    index_endpoint: str = PYPI_SIMPLE_ENDPOINT, policy: Policy | None = None
) -> tuple[Source, ...]:
    """All sources. `index_endpoint` is the simple API of the package index or its mirror;
    `policy` tells some of them where to look."""
    policy = policy or Policy()
    page = (policy.page.url, policy.page.pattern) if policy.page else ()
    forges = (GitHub(), GitLab(), Gitea())
    return (
        PackageIndex(index_endpoint),
        Cran(),
        Bioconductor(),
        Npm(),
        Crates(),
        RubyGems(),
        Cpan(),
        *forges,
        Nvidia(policy.nvidia_compute_subdir, policy.nvidia_json_name),
        SourceForge(),
        Git(forges),
        DirectoryListing(),
        Page(*page),
        UrlProbe(),
    )
