from __future__ import annotations

import pytest

from benchmarks.world import World, WorldConfig


@pytest.fixture(scope="module")
def world():
    with World(WorldConfig(packages=200, index_projects=300, cran_packages=100)) as running:
        yield running
