"""A pull request from its opening to the end of its branch, as people deal with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pulls.forges.base import PullRef, State, Wish
from pulls.forges.github import repository_of
from pulls.words import message
from tests.forges.conftest import FEEDSTOCK, RECIPE, code_of, new_forge, propose
from tests.forges.github_server.server import BOT


@pytest.fixture
def pull(forge):
    return forge.publish(propose())


@pytest.fixture
def made(pull, feedstock):
    return feedstock.pulls[0]


@pytest.fixture
def start(made):
    return made.at - timedelta(seconds=1)


# Looking


def test_what_did_not_change_is_not_told_again_and_costs_nothing(github, forge, pull):
    now = forge.look(pull.ref)
    left = github.remaining
    assert forge.look(pull.ref, now.etag) is None
    assert github.remaining == left


def test_what_changed_is_told(github, forge, pull, made):
    etag = forge.look(pull.ref).etag
    github.state.remark(made, "ada", text="Hm")
    now = forge.look(pull.ref, etag)
    assert now.updated_at == made.updated_at
    assert now.etag != etag


def test_merged_closed_and_in_conflict(github, feedstock, forge, pull, made):
    assert (forge.look(pull.ref).state, forge.look(pull.ref).mergeable) == (State.OPEN, True)
    github.state.push(feedstock, {RECIPE: "else\n"}, "ada")
    assert forge.look(pull.ref).mergeable is False
    github.state.close(made)
    assert forge.look(pull.ref).state is State.CLOSED
    made.merged = True
    assert forge.look(pull.ref).state is State.MERGED


def test_one_that_is_not_there(forge):
    assert code_of(forge.look, PullRef(FEEDSTOCK, 9, propose().branch)) == "pulls.no_pull"


def test_looking_takes_the_token_for_reading(github, forge, pull):
    github.server.requests.clear()
    forge.look(pull.ref)
    assert github.server.requests[0].headers["Authorization"] == "bearer readfish"


# What people ask


def asked(forge, pull, since, *maintainers):
    return [(each.via, each.by) for each in forge.requests(pull.ref, since, maintainers)]


def test_a_label_asks_for_a_rerun(github, forge, pull, made, start):
    github.state.remark(made, "ada", label="bot-rerun")
    (request,) = forge.requests(pull.ref, start, [])
    assert (request.wish, request.via, request.by) == (Wish.RERUN, "label", "ada")


def test_a_comment_asks_for_a_rerun(github, forge, pull, made, start):
    github.state.remark(made, "ada", text="@tick-bot, please rerun bot")
    assert asked(forge, pull, start) == [("comment", "ada")]


def test_a_comment_by_a_stranger_is_left_out(github, forge, pull, made, start):
    github.state.account("stranger")
    github.state.remark(made, "stranger", text="please rerun bot")
    github.state.remark(made, "nobody-knows", text="please rerun bot")
    assert asked(forge, pull, start) == []


def test_a_maintainer_may_ask_without_the_right_to_write(github, forge, pull, made, start):
    github.state.account("Grace")
    github.state.remark(made, "Grace", text="Please re-run the bot!")
    assert asked(forge, pull, start, "grace") == [("comment", "Grace")]


def test_an_account_that_may_not_ask_for_rights_obeys_maintainers_only(
    github, forge, pull, made, start
):
    github.state.remark(made, "ada", text="please rerun bot")
    github.before = lambda request: (403, {}, b"{}") if "/collaborators/" in request.path else None
    assert asked(forge, pull, start) == []
    assert asked(forge, pull, start, "ada") == [("comment", "ada")]


def test_the_bot_does_not_ask_itself(github, forge, pull, made, start):
    github.state.remark(made, BOT, text="Write please rerun bot")
    assert asked(forge, pull, start, BOT) == []


def test_other_labels_and_comments_ask_nothing(github, forge, pull, made, start):
    github.state.remark(made, "ada", label="bug")
    github.state.remark(made, "ada", text="> please rerun bot\n\nNo, don't.")
    github.state.remark(made, "ada", text="Say `please rerun bot` for that")
    assert asked(forge, pull, start) == []


def test_what_was_asked_before_is_not_told_again(github, forge, pull, made):
    github.state.remark(made, "ada", text="please rerun bot")
    later = made.updated_at + timedelta(seconds=1)
    assert asked(forge, pull, later) == []


def test_a_rerun_makes_the_same_pull_request_anew(github, feedstock, forge, pull, made, start):
    feedstock.roles[BOT] = "write"
    github.state.remark(made, "ada", label=message.RERUN_LABEL)
    assert forge.requests(pull.ref, start, [])
    again = forge.publish(propose(after="better\n"))
    forge.comment(again.ref, message.rerun_done("ada"), key="rerun-1")
    forge.unlabel(again.ref, message.RERUN_LABEL)
    assert again.ref == pull.ref
    assert made.labels == []
    assert len(made.remarks) == 2


def test_a_label_that_is_gone_is_off(github, feedstock, forge, pull, made):
    forge.unlabel(pull.ref, message.RERUN_LABEL)
    assert made.labels == []


def test_a_label_that_the_bot_may_not_take_off(github, forge, pull, made):
    github.state.remark(made, "ada", label=message.RERUN_LABEL)
    assert code_of(forge.unlabel, pull.ref, message.RERUN_LABEL) == "pulls.not_permitted"


def test_a_comment_is_made_once_for_its_key(forge, pull, made):
    for key in ("rerender-1", "rerender-1", "rerender-2"):
        forge.comment(pull.ref, message.RERENDER, key=key)
    assert len(made.remarks) == 2
    assert made.remarks[0].text.startswith("@conda-forge-admin, please rerender\n")


def test_somebody_who_copies_a_comment_does_not_silence_the_bot(github, forge, pull, made):
    forge.comment(pull.ref, "Hello", key="hello")
    text = made.remarks.pop().text
    github.state.remark(made, "ada", text=text)
    forge.comment(pull.ref, "Hello", key="hello")
    assert [each.by for each in made.remarks] == ["ada", BOT]


# Superseding and closing


def test_a_superseded_one_is_closed_with_a_comment(github, feedstock, forge, pull, made):
    newer = forge.publish(propose("1.3.3"))
    closed = forge.close(pull.ref, message.superseded("1.3.3", newer.ref.number), key="superseded")
    assert closed.state is State.CLOSED
    assert not made.is_open
    assert made.remarks[0].text.startswith("Version 1.3.3 is out, so #2 takes the place")
    assert feedstock.pulls[1].is_open


def test_one_that_somebody_works_on_is_not_closed(github, forge, pull, made):
    github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    assert not forge.is_ours_alone(pull.ref)
    code = code_of(forge.close, pull.ref, "Superseded.", key="superseded")
    assert code == "pulls.branch_not_ours"
    assert made.is_open
    assert made.remarks == []


def test_one_that_is_closed_already_gets_no_comment(github, forge, pull, made):
    github.state.close(made)
    assert forge.close(pull.ref, "Superseded.", key="superseded").state is State.CLOSED
    assert made.remarks == []


def test_an_archived_repository_can_be_looked_at_but_not_commented(feedstock, forge, pull, made):
    feedstock.archived = True
    assert forge.look(pull.ref).state is State.OPEN
    assert code_of(forge.close, pull.ref, "x", key="x") == "pulls.archived"


# A repository that is renamed


@pytest.fixture
def renamed(github, feedstock, pull):
    github.state.rename(feedstock, "our-forge/libz-feedstock")


def test_a_renamed_one_is_found_and_closed(renamed, forge, pull, made):
    assert forge.look(pull.ref).ref.repository == "our-forge/libz-feedstock"
    assert forge.close(pull.ref, "Superseded.", key="x").state is State.CLOSED
    assert len(made.remarks) == 1


def test_a_proposal_to_a_renamed_one_goes_to_its_new_place(renamed, feedstock, forge, pull):
    newer = forge.publish(propose("1.3.3"))
    assert newer.ref.repository == "our-forge/libz-feedstock"
    assert forge.publish(propose()).ref.number == pull.ref.number
    assert len(feedstock.pulls) == 2


# The end of the branch


def test_after_the_merge_the_branch_is_deleted(github, feedstock, forge, pull, made):
    github.state.merge(made, "ada")
    forge.delete_branch(pull.ref)
    assert made.branch not in made.head.refs
    assert "1.3.2" in feedstock.text(RECIPE)


def test_a_branch_that_is_gone_is_deleted(github, forge, pull, made):
    github.state.merge(made, "ada")
    forge.delete_branch(pull.ref)
    forge.delete_branch(pull.ref)
    assert made.branch not in made.head.refs


def test_the_branch_of_an_open_one_stays(forge, pull, made):
    assert code_of(forge.delete_branch, pull.ref) == "pulls.still_open"
    assert made.branch in made.head.refs


def test_a_branch_with_commits_of_others_stays(github, forge, pull, made):
    github.state.push(made.head, {"README.md": "mine\n"}, "ada", branch=made.branch)
    github.state.close(made)
    assert code_of(forge.delete_branch, pull.ref) == "pulls.branch_not_ours"
    assert made.branch in made.head.refs


def test_what_somebody_pushed_after_the_merge_stays(github, forge, pull, made):
    github.state.merge(made, "ada")
    github.state.push(made.head, {"README.md": "late\n"}, "ada", branch=made.branch)
    assert code_of(forge.delete_branch, pull.ref) == "pulls.branch_not_ours"
    assert made.branch in made.head.refs


def test_no_other_branch_is_ever_deleted(forge, pull):
    ref = replace(pull.ref, branch="main")
    assert code_of(forge.delete_branch, ref) == "pulls.not_a_branch_of_ours"


def test_in_the_repository_itself_it_is_deleted_too(github, feedstock, door):
    feedstock.roles[BOT] = "write"
    forge = new_forge(github, door, forks=False)
    pull = forge.publish(propose())
    github.state.merge(feedstock.pulls[0], "ada")
    forge.delete_branch(pull.ref)
    assert set(feedstock.refs) == {"main"}


def test_what_somebody_pushed_after_it_was_closed_stays(github, forge, pull, made):
    github.state.close(made)
    github.state.push(made.head, {"README.md": "late\n"}, "ada", branch=made.branch)
    assert code_of(forge.delete_branch, pull.ref) == "pulls.branch_not_ours"
    assert made.branch in made.head.refs


def test_the_branch_of_one_that_was_closed_is_deleted(github, forge, pull, made):
    github.state.close(made)
    forge.delete_branch(pull.ref)
    assert made.branch not in made.head.refs


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/conda-forge/zlib-feedstock", "conda-forge/zlib-feedstock"),
        ("https://ghe.example.org/our-forge/zlib-feedstock/", FEEDSTOCK),
        ("https://example.org", ""),
        ("", ""),
    ],
)
def test_where_a_feedstock_is(url, name):
    assert repository_of(url) == name


def test_more_commits_than_fit_on_a_page_are_not_ours(github, forge, pull, made):
    for number in range(100):
        github.state.push(made.head, {"README.md": f"{number}\n"}, BOT, branch=made.branch)
    assert not forge.is_ours_alone(pull.ref)


@pytest.mark.parametrize("answer", [b"{}", b"[{}]", b"[3]", b"null"])
def test_commits_that_are_none_are_a_bad_answer(github, forge, pull, answer):
    github.before = lambda request: (200, {}, answer) if "/commits?" in request.path else None
    assert code_of(forge.is_ours_alone, pull.ref) == "github.bad_answer"
