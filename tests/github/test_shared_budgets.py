"""What GitHub still allows is known to all who use the same token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.github import Budget, GitHub, SharedBudgets
from core.outcomes import OutcomeError
from graph.channels.github_texts import LISTING
from tests.github.fake_github import OWNER, TOKEN

VARIABLES = {"owner": OWNER, "after": None}


def budget(remaining: int) -> Budget:
    return Budget(5000, remaining, datetime.now(UTC) + timedelta(minutes=30))


def test_it_works():
    SharedBudgets("us")["graphql"] = budget(7)
    ours = SharedBudgets("us")
    assert ours["graphql"].remaining == 7
    assert (list(ours), len(ours), ours.get("rest")) == (["graphql"], 1, None)
    del ours["graphql"]
    assert "graphql" not in SharedBudgets("us")


def test_accounts_are_apart():
    SharedBudgets("us")["graphql"] = budget(7)
    assert not SharedBudgets("them")


def test_it_ends_with_its_hour(time_machine):
    SharedBudgets("us")["graphql"] = budget(0)
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=31))
    assert not SharedBudgets("us")


def test_what_another_spent_is_not_asked_for(fake, door):
    def github() -> GitHub:
        return GitHub(door, fake.api, TOKEN, budgets=SharedBudgets("us"), patience=0.0)

    fake.remaining = 1
    github().query(LISTING, VARIABLES)
    with pytest.raises(OutcomeError) as caught:
        github().query(LISTING, VARIABLES)
    assert caught.value.outcome.code == "github.rate_limited"
    assert len(fake.server.requests) == 1
