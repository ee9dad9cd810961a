from __future__ import annotations

import pytest

from core.outcomes import Outcome
from graph.models import Feedstock
from pulls.making.proposing import hashes, propose
from tests.editing.bumping import read_here
from tests.forges.conftest import github, published  # noqa: F401 - fixtures
from tests.pulls.forge_site import naps, on_github, open_site, tend  # noqa: F401 - fixtures


@pytest.fixture
def proposed(index):
    """Makes a proposal as a worker does, against the index of the test."""

    def make(feedstock: Feedstock) -> Outcome:
        return propose(feedstock, hashes(), read_here)

    return make
