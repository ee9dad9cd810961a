"""What people do to a pull request is learned, and decides what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from graph.models import Feedstock, Reading
from pulls.acts.following import KEPT, LATEST, SOONEST, close, delete_branch, follow, pause
from pulls.models import OnForge, State, due
from tests.forges.conftest import RECIPE, code_of
from tests.forges.github_server.server import BOT


def paths(github):
    return [each.path for each in github.server.requests]


def test_one_in_which_nothing_happens_stays_open(pull, act):
    followed = act(follow, pull)
    assert (pull.state, pull.on_forge, pull.mergeable) == (State.OPEN, OnForge.OPEN, True)
    assert pull.looked_at
    assert followed.act_at - timezone.now() <= SOONEST


def test_what_did_not_change_costs_one_free_request(github, pull, act):
    act(follow, pull)
    github.server.requests.clear()
    left = github.remaining
    followed = act(follow, pull)
    assert followed.changes == {}
    assert (len(paths(github)), github.remaining) == (1, left)


def test_the_longer_nothing_happens_the_seldomer_it_is_looked_at():
    assert pause(timedelta(minutes=5)) == SOONEST == timedelta(minutes=10)
    assert pause(timedelta(hours=10)) == timedelta(hours=1)
    assert pause(timedelta(days=300)) == LATEST == timedelta(days=1)


def test_labels_and_commits_of_people_are_learned(github, pull, made, act):
    act(follow, pull)
    github.state.remark(made, "ada", label="bug")
    tip = github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    act(follow, pull)
    assert (pull.labels, pull.head_sha) == (["bug"], tip)


def test_after_the_merge_the_branch_is_deleted(github, pull, made, act):
    act(follow, pull)
    github.state.merge(made, "ada")
    followed = act(follow, pull)
    assert (pull.state, pull.on_forge) == (State.MERGED, OnForge.MERGED)
    assert pull.ended_at == made.updated_at
    assert followed.act_at <= timezone.now()
    assert act(delete_branch, pull).act_at is None
    assert pull.branch_deleted_at
    assert made.branch not in made.head.refs


def test_a_version_whose_pull_request_people_closed_is_never_proposed_again(
    github, zlib, pull, made, act
):
    assert zlib in due(timezone.now())
    github.state.close(made)
    act(follow, pull)
    assert (pull.state, pull.on_forge) == (State.CLOSED, OnForge.CLOSED)
    assert zlib not in due(timezone.now())


def test_the_branch_of_one_that_people_closed_stays_for_a_while(github, pull, made, act):
    github.state.close(made)
    act(follow, pull)
    followed = act(delete_branch, pull)
    assert timezone.now() < followed.act_at <= pull.ended_at + KEPT
    assert made.branch in made.head.refs
    pull.ended_at -= KEPT + timedelta(minutes=1)
    pull.save(update_fields=["ended_at"])
    act(delete_branch, pull)
    assert made.branch not in made.head.refs


def test_one_that_people_reopen_is_open_again(github, pull, made, act):
    github.state.close(made)
    act(follow, pull)
    made.state = "open"
    followed = act(delete_branch, pull)
    assert (pull.state, pull.on_forge, pull.ended_at) == (State.OPEN, OnForge.OPEN, None)
    assert followed.act_at <= timezone.now()
    act(follow, pull)
    assert pull.state == State.OPEN


def test_one_that_is_reopened_when_its_branch_should_go_keeps_it(github, pull, made, act):
    github.state.close(made)
    act(follow, pull)
    made.state = "open"
    pull.ended_at -= KEPT + timedelta(minutes=1)
    pull.save(update_fields=["ended_at"])
    act(delete_branch, pull)
    assert pull.state == State.OPEN
    assert made.branch in made.head.refs


def test_one_that_was_closed_long_ago_is_looked_at_once_when_something_happens(
    github, pull, made, act
):
    github.state.close(made)
    act(follow, pull)
    pull.branch_deleted_at = timezone.now()
    pull.save(update_fields=["branch_deleted_at"])
    github.state.remark(made, "ada", text="Why?")
    assert act(follow, pull).act_at is None
    assert act(follow, pull).act_at is None
    assert pull.state == State.CLOSED


def test_one_in_conflict_is_published_again(github, feedstock, pull, made, act):
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    followed = act(follow, pull)
    assert pull.mergeable is False
    assert pull.published_at is None
    assert followed.act_at <= timezone.now()


def test_one_in_conflict_that_can_not_be_published_yet_is_looked_at_calmly(
    github, feedstock, pull, act
):
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    act(follow, pull)
    github.state.push(feedstock, {RECIPE: "other\n"}, "ada")
    assert act(follow, pull).act_at > timezone.now()


def test_one_in_conflict_that_somebody_works_on_is_left_to_them(github, feedstock, pull, made, act):
    github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    act(follow, pull)
    assert pull.published_at


def test_maintainers_may_want_to_solve_conflicts_themselves(github, feedstock, zlib, pull, act):
    settings = {"remake_prs_with_conflicts": False}
    Reading.objects.filter(feedstock=zlib).update(bot_settings=settings)
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    act(follow, pull)
    assert pull.published_at


def test_a_repository_that_is_renamed_is_followed(github, feedstock, pull, act):
    github.state.rename(feedstock, "our-forge/libz-feedstock")
    act(follow, pull)
    assert pull.repository == "our-forge/libz-feedstock"


def test_one_that_is_gone_is_an_outcome(feedstock, forge, pull):
    feedstock.pulls.clear()
    assert code_of(follow, pull, forge) == "pulls.no_pull"


def test_what_is_merged_while_it_is_superseded_is_merged(github, pull, made, act):
    pull.state = State.SUPERSEDED
    pull.save(update_fields=["state"])
    github.state.merge(made, "ada")
    act(close, pull)
    assert pull.state == State.MERGED


def test_a_branch_that_somebody_pushed_to_after_the_merge_stays(github, pull, made, act):
    github.state.merge(made, "ada")
    act(follow, pull)
    github.state.push(made.head, {"README.md": "late\n"}, "ada", branch=made.branch)
    followed = act(delete_branch, pull)
    assert (followed.act_at, pull.outcome_code) == (None, "pulls.branch_not_ours")
    assert made.branch in made.head.refs


def test_a_rate_limit_is_told_to_who_asked(github, forge, pull):
    github.before = lambda request: (429, {"Retry-After": "600"}, b"{}")
    assert code_of(follow, pull, forge) == "github.rate_limited"


# Rerendering


@pytest.fixture
def rerendering(settings):
    settings.PULLS_RERENDER = True


def test_nobody_is_asked_to_rerender_by_default(pull, made, act):
    act(follow, pull)
    assert made.remarks == []


def test_a_new_one_is_to_be_rerendered_and_that_is_asked_once(rerendering, pull, made, act):
    for _ in range(3):
        act(follow, pull)
    [remark] = made.remarks
    assert remark.text.startswith("@conda-forge-admin, please rerender\n")
    assert remark.by == BOT


def test_a_crash_after_asking_asks_no_second_time(rerendering, forge, pull, made):
    follow(pull, forge)
    follow(pull, forge)
    assert len(made.remarks) == 1


def test_what_was_made_anew_after_a_conflict_is_to_be_rerendered_again(
    rerendering, github, feedstock, pull, made, act
):
    act(follow, pull)
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    act(follow, pull)
    github.state.push(made.head, {RECIPE: "new\n"}, BOT, branch=made.branch)
    pull.published_at, pull.looked_at = pull.made_at, None
    pull.save(update_fields=["published_at", "looked_at"])
    act(follow, pull)
    assert len([each for each in made.remarks if "rerender" in each.text]) == 2


def test_where_comments_are_forbidden_that_is_told_and_holds_nothing_up(
    rerendering, github, pull, act
):
    github.before = lambda request: (
        (403, {}, b'{"message": "locked"}')
        if request.method == "POST" and request.path.endswith("/comments")
        else None
    )
    act(follow, pull)
    assert (pull.state, pull.outcome_code) == (State.OPEN, "pulls.not_permitted")
    assert pull.looked_at


def test_gone_feedstocks_have_theirs_closed(github, zlib, pull, made, act):
    Feedstock.objects.update(gone_at=timezone.now())
    pull.state = State.WITHDRAWN
    pull.save(update_fields=["state"])
    act(close, pull)
    assert not made.is_open
