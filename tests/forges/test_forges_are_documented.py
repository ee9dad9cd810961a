from __future__ import annotations

import pytest

from botsite.settings import BASE_DIR
from core.outcomes import OutcomeKind
from pulls.forges import outcomes
from pulls.forges.github_people import COMPANIONS

DOCS = (BASE_DIR / "docs/forges.md").read_text()
KINDS = [each for each in vars(outcomes).values() if isinstance(each, OutcomeKind)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_outcome_is_in_the_docs(kind):
    assert f"`{kind.code}`" in DOCS


@pytest.mark.parametrize("account", sorted(COMPANIONS))
def test_each_companion_is_in_the_docs(account):
    assert f"`{account}`" in DOCS
