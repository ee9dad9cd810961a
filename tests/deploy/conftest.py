from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.site import Site


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes sites with an environment of their own, and ends their processes."""
    sites: list[Site] = []

    def make(folder: str = "var", **environment: str) -> Site:
        var = tmp_path / folder
        var.mkdir()
        sites.append(Site(var, **environment))
        return sites[-1]

    yield make
    for site in reversed(sites):
        site.close()
