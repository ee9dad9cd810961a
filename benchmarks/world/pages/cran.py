"""CRAN's index, in Debian's control format."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from zlib import crc32

from benchmarks.world.pages.page import Page
from benchmarks.world.population import Project

_ENTRY = """Package: {name}
Version: {version}
Depends: R (>= 3.5.0), methods
Imports: Rcpp (>= 1.0.0), stats, utils, rlang,
        vctrs (>= 0.6.0)
Suggests: testthat (>= 3.0.0), knitr, rmarkdown
License: GPL (>= 2)
MD5sum: 0123456789abcdef0123456789abcdef
NeedsCompilation: no
"""


def index_page(projects: Iterable[Project], packages: int) -> Page:
    """`PACKAGES.gz` with these projects, filled up to `packages`."""
    entries = list(_entries(projects))
    entries += (
        _ENTRY.format(name=f"OtherPackage{number}", version=f"1.{number % 20}.0")
        for number in range(packages - len(entries))
    )
    body = gzip.compress("\n".join(entries).encode(), 1, mtime=0)
    return Page("cran index", body, "application/x-gzip", etag=f"{crc32(body):08x}")


def _entries(projects: Iterable[Project]) -> Iterator[str]:
    for each in projects:
        if each.latest:
            yield _ENTRY.format(name=each.name, version=each.latest.version)
