from __future__ import annotations

from datetime import timedelta

import pytest

from pulls.acts.following import Followed
from pulls.acts.seen import columns_of
from pulls.models import PullRequest, State
from tests.factories import make_channel, make_outdated, make_reading
from tests.forges import conftest as forges
from tests.forges.conftest import OLD, propose

# A GitHub to deal with; `feedstock` is the server's repository.
published, github, feedstock = forges.published, forges.github, forges.feedstock
door, forge, waited = forges.door, forges.forge, forges.waited


@pytest.fixture
def zlib(db):
    """The row of the feedstock that the server has."""
    make_channel("sample", kind="github", spec="github:our-forge")
    row = make_outdated("zlib", "1.3.2", version="1.3.1", content_hash="first")
    make_reading(row, OLD)
    return row


@pytest.fixture
def open_pull(forge, zlib):
    """Opens a pull request for a version, and makes the row of it, as publishing does."""

    def make(version: str = "1.3.2", **columns) -> PullRequest:
        proposal = propose(version)
        pull = forge.publish(proposal)
        made_at = pull.updated_at - timedelta(hours=1)
        words = {"title": proposal.title, "branch": proposal.branch, "base": proposal.base}
        life = {"proposed_at": made_at, "made_at": made_at, "published_at": made_at}
        values = {"state": State.OPEN, **words, **life, **columns_of(pull), **columns}
        return PullRequest.objects.create(feedstock=zlib, version=version, **values)

    return make


@pytest.fixture
def pull(open_pull):
    return open_pull()


@pytest.fixture
def made(pull, feedstock):
    """The same on the server."""
    return feedstock.pulls[0]


@pytest.fixture
def act(forge):
    """Has a function deal with the forge of a row, and writes down what it came to."""

    def dealt_with(function, pull: PullRequest) -> Followed:
        pull.refresh_from_db()
        followed = function(pull, forge)
        rows = PullRequest.objects.filter(pk=pull.pk)
        rows.update(**followed.changes, act_at=followed.act_at)
        pull.refresh_from_db()
        return followed

    return dealt_with
