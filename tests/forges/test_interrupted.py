"""A flow that breaks anywhere is taken up again, and nothing is there twice."""

from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from pulls.forges.base import State
from tests.forges.conftest import NEW, RECIPE, code_of, new_forge, propose
from tests.forges.github_server.server import BOT

ERROR = (502, {}, b"<html>")
STEPS = 7  # requests of a first proposal: look, fork, look at it, tree, commit, branch, pull


def hang_up(_request):
    raise ConnectionResetError


def nth(number, fault):
    """Breaks the request of this number, counted from 0, and no other."""
    count = iter(range(1000))
    return lambda request: fault(request) if next(count) == number else None


def until_done(act, tries=3):
    """What a worker does: again and again, as long as the outcome is one that passes."""
    for _ in range(tries):
        try:
            return act()
        except OutcomeError as error:
            if not error.outcome.transient:
                raise
    raise AssertionError(f"not done after {tries} tries")


def test_a_first_proposal_has_so_many_steps(github, forge):
    forge.publish(propose())
    assert len(github.server.requests) == STEPS


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", [lambda _request: ERROR, hang_up], ids=["502", "hung_up"])
def test_no_step_that_breaks_makes_a_second_pull_request(
    github, feedstock, door, step, when, fault
):
    setattr(github, when, nth(step, fault))
    proposal = propose()
    # Each try is a new process, which knows nothing of the last.
    pull = until_done(lambda: new_forge(github, door).publish(proposal))
    (made,) = feedstock.pulls
    assert (pull.ref.number, pull.state) == (1, State.OPEN)
    assert made.head.text(RECIPE, proposal.branch) == NEW
    assert len(made.commits) == 1
    forks = [each for each in github.state.repositories.values() if each.parent]
    assert [each.owner for each in forks] == [BOT]


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_step_of_an_update_that_breaks_loses_it(github, feedstock, door, step, when):
    new_forge(github, door).publish(propose())
    better = propose(after="better\n", body="Better\n")
    setattr(github, when, nth(step, lambda _request: ERROR))
    until_done(lambda: new_forge(github, door).publish(better))
    (made,) = feedstock.pulls
    assert made.head.text(RECIPE, better.branch) == "better\n"
    assert made.body == "Better\n"
    assert len(made.commits) == 1


@pytest.mark.parametrize("step", range(6))
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_step_of_closing_that_breaks_says_it_twice(github, feedstock, door, step, when):
    ref = new_forge(github, door).publish(propose()).ref
    setattr(github, when, nth(step, lambda _request: ERROR))
    until_done(lambda: new_forge(github, door).close(ref, "Superseded.", key="superseded"))
    (made,) = feedstock.pulls
    assert made.state == "closed"
    assert len(made.remarks) == 1


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_step_of_deleting_a_branch_that_breaks_stops_it(github, feedstock, door, step, when):
    ref = new_forge(github, door).publish(propose()).ref
    (made,) = feedstock.pulls
    github.state.merge(made, "ada")
    setattr(github, when, nth(step, lambda _request: ERROR))
    until_done(lambda: new_forge(github, door).delete_branch(ref))
    assert ref.branch not in made.head.refs


def test_two_workers_at_once_make_one(github, feedstock, door):
    """One is stopped right before it opens the pull request, and the other does it."""
    proposal = propose()
    others = []

    def overtake(request):
        if request.method == "POST" and request.path.endswith("/pulls") and not others:
            others.append(None)
            others[0] = new_forge(github, door).publish(proposal)

    github.before = overtake
    mine = new_forge(github, door).publish(proposal)
    assert mine.ref == others[0].ref
    assert len(feedstock.pulls) == 1


def test_two_workers_that_make_the_branch_at_once_try_again(github, feedstock, door):
    proposal = propose()
    others = []

    def overtake(request):
        if request.path.endswith("/git/refs") and not others:
            others.append(None)
            others[0] = new_forge(github, door).publish(proposal)

    github.before = overtake
    assert code_of(new_forge(github, door).publish, proposal) == "pulls.branch_moved"
    assert new_forge(github, door).publish(proposal).ref == others[0].ref
    assert len(feedstock.pulls) == 1
