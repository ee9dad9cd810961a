"""Trying again all that ended with one outcome."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from pulls.making.retrying import retry_by_outcome
from pulls.models import PullRequest
from tests.pulls.rows import make_on_github, make_pull

pytestmark = pytest.mark.django_db

NOBODY = AnonymousUser()


def test_what_was_given_up_is_dealt_with_again():
    pull = make_pull(make_on_github(), act_at=None, tries=8, outcome_code="github.forbidden")
    assert retry_by_outcome("github.forbidden", by=NOBODY) == 1
    pull.refresh_from_db()
    assert (pull.tries, pull.outcome_code) == (0, "")
    assert pull.act_at


def test_a_branch_that_others_worked_on_is_published_to_again():
    pull = make_pull(make_on_github(), act_at=None, outcome_code="pulls.branch_not_ours")
    PullRequest.objects.update(published_at=pull.made_at)
    assert retry_by_outcome("pulls.branch_not_ours", by=NOBODY) == 1
    pull.refresh_from_db()
    assert pull.published_at is None
