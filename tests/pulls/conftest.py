from __future__ import annotations

import pytest

from core.outcomes import Outcome
from graph.models import Feedstock
from pulls.proposing import hashes, propose
from tests.editing.bumping import read_here


@pytest.fixture
def proposed(index):
    """Makes a proposal as a worker does, against the index of the test."""

    def make(feedstock: Feedstock) -> Outcome:
        return propose(feedstock, hashes(), read_here)

    return make
