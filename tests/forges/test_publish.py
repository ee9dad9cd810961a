"""A proposal becomes a pull request, once, whatever was there before."""

from __future__ import annotations

import json

import pytest

from pulls.forges.base import Change, State
from tests.forges.conftest import FEEDSTOCK, NEW, OLD, RECIPE, code_of, new_forge, propose
from tests.forges.github_server.server import BOT


def test_it_works(github, feedstock, forge):
    proposal = propose()
    pull = forge.publish(proposal)
    (made,) = feedstock.pulls
    assert (made.title, made.body, made.by) == ("zlib v1.3.2", "About 1.3.2\n", BOT)
    assert made.head.full_name == f"{BOT}/zlib-feedstock"
    assert made.head.text(RECIPE, proposal.branch) == NEW
    assert feedstock.text(RECIPE) == OLD
    assert (pull.ref.number, pull.state, pull.head_sha) == (1, State.OPEN, made.head_oid)
    assert pull.ref.head_repository == made.head.full_name
    assert pull.url.endswith(f"/{FEEDSTOCK}/pull/1")


def test_it_is_one_commit_by_the_bot_on_top_of_the_base(github, feedstock, forge):
    forge.publish(propose())
    (made,) = feedstock.pulls
    (oid,) = made.commits
    commit = feedstock.objects.get_commit(oid)
    assert commit.message == b"updated v1.3.2"
    assert [parent.decode() for parent in commit.parents] == [feedstock.refs["main"]]
    assert feedstock.objects.changes(feedstock.refs["main"], oid).keys() == {RECIPE}


def test_with_a_fork_it_takes_five_requests(github, forge):
    forge.publish(propose(salt="first"))
    github.server.requests.clear()
    forge.publish(propose("1.3.3"))
    assert [each.method for each in github.server.requests] == ["POST"] * 5
    assert len(github.writes) == 4


def test_a_second_time_nothing_is_done(github, feedstock, forge):
    first = forge.publish(propose())
    github.server.requests.clear()
    assert forge.publish(propose()).ref == first.ref
    assert github.writes == []
    assert len(feedstock.pulls) == 1


def test_files_are_added_and_removed(github, feedstock, forge):
    files = {
        "recipe/build.sh": Change(None, "make\n"),
        "README.md": Change("zlib\n", None),
    }
    proposal = propose(files=files)
    forge.publish(proposal)
    (made,) = feedstock.pulls
    assert made.head.text("recipe/build.sh", proposal.branch) == "make\n"
    assert "README.md" not in feedstock.objects.files(made.head_oid)


def test_line_ends_and_other_alphabets_stay(github, feedstock, forge):
    text = "a: ä \r\nb: 漢\n\n  \t"
    proposal = propose(after=text)
    forge.publish(proposal)
    assert feedstock.pulls[0].head.text(RECIPE, proposal.branch) == text


def test_without_forks_the_branch_is_in_the_repository(github, feedstock, door):
    feedstock.roles[BOT] = "write"
    pull = new_forge(github, door, forks=False).publish(propose())
    assert pull.ref.head_repository == FEEDSTOCK
    assert propose().branch in feedstock.refs
    assert f"{BOT}/zlib-feedstock" not in github.state.repositories


# The fork


def test_a_fork_is_waited_for(github, feedstock, forge, waited):
    github.state.fork_looks = 3
    forge.publish(propose())
    assert waited == [1.0, 2.0, 4.0]
    assert len(feedstock.pulls) == 1


def test_a_fork_that_takes_too_long_is_used_next_time(github, feedstock, forge):
    github.state.fork_looks = 5
    assert code_of(forge.publish, propose()) == "pulls.fork_not_ready"
    assert feedstock.pulls == []
    forge.publish(propose())
    assert len(feedstock.pulls) == 1


def test_a_fork_of_another_name_is_found(github, feedstock, forge):
    github.state.repository(f"{BOT}/zlib-feedstock", {"mine": "own"})
    first = forge.publish(propose())
    assert first.ref.head_repository == f"{BOT}/zlib-feedstock-1"
    forge.publish(propose("1.3.3"))
    assert {each.head.full_name for each in feedstock.pulls} == {f"{BOT}/zlib-feedstock-1"}


@pytest.fixture
def behind(github, feedstock, forge):
    """A fork that has nothing of what happened in the feedstock since it was made."""
    github.state.isolates_forks = True
    forge.publish(propose())
    github.state.push(feedstock, {"README.md": "newer\n"}, "ada")
    return feedstock.pulls[0].head


def test_a_fork_that_is_behind_is_brought_up_to_date(behind, feedstock, forge):
    forge.publish(propose("1.3.3"))
    assert behind.refs["main"] == feedstock.refs["main"]
    assert len(feedstock.pulls) == 2
    assert "README.md" not in feedstock.objects.changes(
        feedstock.refs["main"], feedstock.pulls[1].head_oid
    )


def test_a_fork_that_went_its_own_way_is_told(github, behind, forge):
    github.state.push(behind, {"mine": "own\n"}, BOT)
    assert code_of(forge.publish, propose("1.3.3")) == "pulls.fork_behind"


# The same proposal, changed


def test_new_words_change_the_same_pull_request(github, feedstock, forge):
    forge.publish(propose())
    github.server.requests.clear()
    forge.publish(propose(title="[bot-automerge] zlib v1.3.2", body="More\n"))
    (made,) = feedstock.pulls
    assert (made.title, made.body) == ("[bot-automerge] zlib v1.3.2", "More\n")
    assert [each.method for each in github.writes] == ["PATCH"]


def test_a_body_that_github_gave_other_line_ends_is_the_same(github, feedstock, forge):
    forge.publish(propose(body="One\n\nTwo\n"))
    feedstock.pulls[0].body = "One\r\n\r\nTwo\r\n"
    github.server.requests.clear()
    forge.publish(propose(body="One\n\nTwo\n"))
    assert github.writes == []


def test_a_new_text_moves_the_branch(github, feedstock, forge):
    proposal = propose()
    first = forge.publish(proposal)
    second = forge.publish(propose(after="better\n"))
    (made,) = feedstock.pulls
    assert second.ref == first.ref
    assert second.head_sha == made.head_oid != first.head_sha
    assert made.head.text(RECIPE, proposal.branch) == "better\n"
    assert len(made.commits) == 1


def test_a_conflict_is_solved_by_making_it_anew(github, feedstock, forge):
    forge.publish(propose())
    github.state.push(feedstock, {RECIPE: OLD + "# a person\n"}, "ada")
    (made,) = feedstock.pulls
    assert made.conflicts
    forge.publish(propose(before=OLD + "# a person\n", after=NEW + "# a person\n"))
    assert not made.conflicts
    assert len(feedstock.pulls) == 1
    assert made.is_open


def test_a_conflict_in_a_file_that_a_companion_wrote_is_solved_too(github, feedstock, forge):
    proposal = propose()
    forge.publish(proposal)
    (made,) = feedstock.pulls
    companion = "conda-forge-webservices[bot]"
    github.state.push(made.head, {"README.md": "new\n"}, companion, branch=proposal.branch)
    github.state.push(feedstock, {"README.md": "newer\n"}, "ada")
    assert made.conflicts
    forge.publish(proposal)
    assert not made.conflicts


def test_what_a_companion_added_stays(github, feedstock, forge):
    proposal = propose()
    forge.publish(proposal)
    (made,) = feedstock.pulls
    companion = "conda-forge-webservices[bot]"
    tip = github.state.push(made.head, {"README.md": "new\n"}, companion, branch=proposal.branch)
    assert forge.publish(proposal).head_sha == tip


# People


@pytest.mark.parametrize(("by", "committer"), [("ada", ""), (BOT, "ada"), ("stranger", BOT)])
def test_a_branch_that_somebody_committed_to_is_left_alone(github, feedstock, forge, by, committer):
    proposal = propose()
    forge.publish(proposal)
    (made,) = feedstock.pulls
    tip = github.state.push(
        made.head, {RECIPE: "by hand\n"}, by, branch=proposal.branch, committer=committer
    )
    assert code_of(forge.publish, proposal) == "pulls.branch_not_ours"
    assert made.head_oid == tip


def test_a_commit_of_nobody_known_is_not_ours(github, feedstock, forge):
    proposal = propose()
    forge.publish(proposal)
    (made,) = feedstock.pulls
    github.state.push(made.head, {RECIPE: "by hand\n"}, "elsewhere", branch=proposal.branch)
    github.state.accounts.discard("elsewhere")
    assert code_of(forge.publish, proposal) == "pulls.branch_not_ours"


def test_a_push_in_the_last_moment_is_not_lost(github, feedstock, forge):
    proposal = propose()
    forge.publish(proposal)
    (made,) = feedstock.pulls
    pushed = []

    def push_before_the_move(request):
        if b"updateRefs" in request.body and not pushed:
            pushed.append(
                github.state.push(made.head, {RECIPE: "x\n"}, "ada", branch=proposal.branch)
            )

    github.before = push_before_the_move
    assert code_of(forge.publish, propose(after="better\n")) == "pulls.branch_moved"
    assert made.head_oid == pushed[0]


def test_a_recipe_that_a_person_changed_is_not_overwritten(github, feedstock, forge):
    github.state.push(feedstock, {RECIPE: "by hand\n"}, "ada")
    assert code_of(forge.publish, propose()) == "pulls.recipe_moved"
    assert github.writes == []


@pytest.mark.parametrize("state", [State.CLOSED, State.MERGED])
def test_one_that_people_ended_is_not_opened_again(github, feedstock, forge, state):
    forge.publish(propose())
    (made,) = feedstock.pulls
    if state is State.MERGED:
        github.state.merge(made, "ada")
    else:
        github.state.close(made)
    github.server.requests.clear()
    assert forge.publish(propose()).state is state
    assert github.writes == []


def test_a_pull_request_from_elsewhere_with_the_same_branch_is_not_ours(github, feedstock, forge):
    proposal = propose()
    theirs = github.state.fork(feedstock, "stranger")
    theirs.refs[proposal.branch] = theirs.refs["main"]
    github.state.push(theirs, {RECIPE: "theirs\n"}, "stranger", branch=proposal.branch)
    github.state.open_pull(
        feedstock, "main", theirs, proposal.branch, "stranger", title="Mine", body=""
    )
    assert forge.publish(proposal).ref.number == 2
    assert feedstock.pulls[0].title == "Mine"


# Refusals


def test_an_archived_repository_takes_none(github, feedstock, forge):
    feedstock.archived = True
    assert code_of(forge.publish, propose()) == "pulls.archived"


def test_one_that_is_archived_in_between_takes_none(github, feedstock, forge):
    forge.publish(propose())

    def archive(request):
        if request.method == "POST" and request.path.endswith("/pulls"):
            feedstock.archived = True

    github.before = archive
    assert code_of(forge.publish, propose("1.3.3")) == "pulls.archived"


def test_a_repository_that_is_gone(github, forge):
    proposal = propose(repository="our-forge/gone")
    assert code_of(forge.publish, proposal) == "pulls.no_repository"


def test_a_base_branch_that_is_gone(github, forge):
    assert code_of(forge.publish, propose(base="v1")) == "pulls.no_base"


def test_a_proposal_that_changes_nothing(github, forge):
    assert code_of(forge.publish, propose(after=OLD)) == "pulls.nothing_to_change"
    assert github.writes == []


def test_a_branch_of_another_shape_is_never_touched(github, forge):
    assert code_of(forge.publish, propose(branch="main")) == "pulls.not_a_branch_of_ours"
    assert github.server.requests == []


def test_an_account_that_may_not_write(github, door):
    forge = new_forge(github, door, forks=False)
    assert code_of(forge.publish, propose()) == "pulls.not_permitted"


def test_a_token_that_may_only_read(github, forge):
    github.readers.add("swordfish")
    assert code_of(forge.publish, propose()) == "pulls.not_permitted"


def test_what_github_says_is_told_without_control_characters(github, forge):
    said = json.dumps({"message": "No\u202e\n<b>never</b>"})
    github.before = lambda request: (422, {}, said) if request.path.endswith("/forks") else None
    assert code_of(forge.publish, propose()) == "pulls.forge_refused"
