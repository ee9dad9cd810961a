"""The version sources, in the order in which they are asked."""

from __future__ import annotations

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from versions.sources.cran import Cran
from versions.sources.github import GitHub
from versions.sources.protocol import Source
from versions.sources.pypi import PackageIndex
from versions.sources.shared import Shared

__all__ = ["Shared", "Source", "registry"]


def registry(index_endpoint: str = PYPI_SIMPLE_ENDPOINT) -> tuple[Source, ...]:
    """All sources. `index_endpoint` is the simple API of the package index or its mirror."""
    return (PackageIndex(index_endpoint), Cran(), GitHub())
