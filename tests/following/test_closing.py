"""What nobody needs any more is closed, with a word why, unless somebody works on it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.models import Feedstock
from pulls.acts.following import WAITING, close, delete_branch, follow
from pulls.models import OnForge, PullRequest, State
from tests.forges.conftest import code_of


@pytest.fixture
def old(pull):
    """One for 1.3.2, when 1.3.3 is out."""
    Feedstock.objects.update(new_version="1.3.3")
    pull.state = State.SUPERSEDED
    pull.save(update_fields=["state"])
    pull.refresh_from_db()
    return pull


@pytest.fixture
def newer(old, open_pull):
    return open_pull("1.3.3")


def test_a_superseded_one_is_closed_with_a_comment_and_its_branch_deleted(
    old, newer, made, feedstock, act
):
    followed = act(close, old)
    assert followed.act_at <= timezone.now()
    assert (old.state, old.on_forge) == (State.SUPERSEDED, OnForge.CLOSED)
    assert old.ended_at
    [remark] = made.remarks
    assert remark.text.startswith("Version 1.3.3 is out, so #2 takes the place")
    act(delete_branch, old)
    assert made.branch not in made.head.refs
    assert feedstock.pulls[1].is_open


def test_it_stays_open_until_the_newer_one_is_open(old, made, zlib, act):
    PullRequest.objects.create(feedstock=zlib, version="1.3.3")
    followed = act(close, old)
    assert made.is_open
    assert followed.act_at - timezone.now() <= WAITING


def test_it_stays_open_where_people_closed_the_newer_one(github, old, newer, made, feedstock, act):
    github.state.close(feedstock.pulls[1])
    act(follow, newer)
    act(close, old)
    assert made.is_open


def test_one_that_is_not_needed_any_more_is_closed(pull, made, act):
    Feedstock.objects.update(outdated=False, version="1.3.2")
    pull.state = State.WITHDRAWN
    pull.save(update_fields=["state"])
    act(close, pull)
    assert not made.is_open
    assert "Version 1.3.2 is not needed any more" in made.remarks[0].text


def test_one_that_somebody_works_on_is_left_alone_and_says_so(github, old, newer, made, act):
    github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    followed = act(close, old)
    assert made.is_open
    assert made.remarks == []
    assert old.outcome_code == "pulls.branch_not_ours"
    assert old.ended_at is None
    assert followed.act_at > timezone.now()


def test_nothing_is_tried_at_it_until_something_changes(github, old, newer, made, act):
    github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    act(close, old)
    github.server.requests.clear()
    act(close, old)
    assert len(github.server.requests) == 1
    assert old.outcome_code == "pulls.branch_not_ours"
    github.state.close(made)
    act(close, old)
    assert (old.state, old.on_forge) == (State.CLOSED, OnForge.CLOSED)


def test_one_that_is_merged_while_it_is_closed_is_merged(github, old, newer, made, act):
    def merge(request):
        if request.path.endswith("/pulls/1") and len(github.server.requests) > 1 and made.is_open:
            github.state.merge(made, "ada")

    github.server.requests.clear()
    github.before = merge
    act(close, old)
    assert old.state == State.MERGED
    assert made.remarks == []


def test_one_that_people_closed_before_was_decided_by_them(github, old, newer, made, act):
    github.state.close(made)
    act(close, old)
    assert old.state == State.CLOSED
    assert made.remarks == []


def test_a_crash_after_the_comment_comments_no_second_time(github, forge, old, newer, made, act):
    github.before = lambda request: (503, {}, b"") if request.method == "PATCH" else None
    assert code_of(close, old, forge) == "http.server_error"
    github.before = lambda request: None
    act(close, old)
    assert not made.is_open
    assert len(made.remarks) == 1


def test_one_that_people_reopen_is_not_closed_again(github, old, newer, made, act):
    act(close, old)
    made.state = "open"
    act(delete_branch, old)
    assert (old.state, old.on_forge) == (State.SUPERSEDED, OnForge.OPEN)
    assert old.outcome_code == "pulls.reopened"
    for _ in range(2):
        act(close, old)
    assert made.is_open
    assert len(made.remarks) == 1
    github.state.merge(made, "ada")
    act(close, old)
    assert old.state == State.MERGED
