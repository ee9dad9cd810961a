"""The version sources, in the order in which they are asked."""

from __future__ import annotations

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from versions.sources.bioconductor import Bioconductor
from versions.sources.cpan import Cpan
from versions.sources.cran import Cran
from versions.sources.crates import Crates
from versions.sources.git import Git
from versions.sources.gitea import Gitea
from versions.sources.github import GitHub
from versions.sources.gitlab import GitLab
from versions.sources.npm import Npm
from versions.sources.nvidia import Nvidia
from versions.sources.protocol import Source
from versions.sources.pypi import PackageIndex
from versions.sources.rubygems import RubyGems
from versions.sources.shared import Shared
from versions.sources.sourceforge import SourceForge

__all__ = ["Shared", "Source", "registry"]


def registry(index_endpoint: str = PYPI_SIMPLE_ENDPOINT) -> tuple[Source, ...]:
    """All sources. `index_endpoint` is the simple API of the package index or its mirror."""
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
        Nvidia(),
        SourceForge(),
        Git(forges),
    )
