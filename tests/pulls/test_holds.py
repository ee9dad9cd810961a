"""What may not go out yet, and why; publishing and the people who wait are told the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.jobs import schedules
from graph.models import Feedstock
from pulls.acts import holds, rejections
from pulls.forges.outcomes import BRANCH_NOT_OURS
from pulls.models import PullRequest, State
from tests.factories import make_dependency
from tests.pulls.rows import make_on_github, make_open, make_pull

pytestmark = pytest.mark.django_db


@pytest.fixture
def zlib():
    return make_on_github("zlib", "ada")


@pytest.fixture
def pull(zlib):
    return make_pull(zlib)


def code(pull):
    row = PullRequest.objects.select_related("feedstock__channel").get(pk=pull.pk)
    held = holds.hold(row, timezone.now())
    return held.outcome.code if held else ""


def told(pull):
    row = PullRequest.objects.select_related("feedstock__channel").get(pk=pull.pk)
    return holds.hold(row, timezone.now()).outcome.message


def test_nothing_holds_it_back(pull):
    assert code(pull) == ""


def test_few_queries_tell(pull, django_assert_max_num_queries):
    row = PullRequest.objects.select_related("feedstock__channel").get(pk=pull.pk)
    with django_assert_max_num_queries(2):
        holds.hold(row, timezone.now())


def test_a_feedstock_that_is_archived(pull):
    Feedstock.objects.update(archived=True)
    assert code(pull) == "pulls.archived"


def test_a_recipe_that_changed_since(pull):
    Feedstock.objects.update(content_hash="second")
    assert code(pull) == "pulls.recipe_changed"


def test_a_branch_that_is_not_ours_until_there_are_other_words(pull):
    outcome = BRANCH_NOT_OURS.outcome(branch="b", repository="r")
    rows = PullRequest.objects.filter(pk=pull.pk)
    rows.update(outcome_code=outcome.code, outcome=outcome.as_dict(), published_at=pull.made_at)
    assert code(pull) == "pulls.branch_not_ours"
    rows.update(made_at=timezone.now())
    assert code(pull) == ""


# Decisions


def test_a_version_that_somebody_rejected(zlib, pull):
    rejections.reject(zlib, "2.0", by=None, reason="it is broken.")
    assert code(pull) == "pulls.rejected"
    assert told(pull).endswith("is not proposed to zlib: it is broken.")


def test_another_version_may_go_out(zlib, pull):
    rejections.reject(zlib, "3.0", by=None)
    assert code(pull) == ""


def test_a_version_may_be_spelt_otherwise(zlib, pull):
    rejections.reject(zlib, "2.0.0", by=None)
    assert code(pull) == "pulls.rejected"


def test_a_pause_of_all_dealings_with_forges(pull):
    schedules.sync()
    schedules.pause("pulls.tend", by=None, reason="a fire")
    assert code(pull) == "pulls.paused"
    schedules.resume("pulls.tend", by=None)
    assert code(pull) == ""


# What is open already


def test_most_open_of_one_feedstock(settings, zlib, pull):
    settings.PULLS_MOST_OPEN = 2
    make_open(zlib, "1.8")
    assert code(pull) == ""
    # One that is superseded counts as long as it is open.
    make_open(zlib, "1.9", state=State.SUPERSEDED)
    assert code(pull) == "pulls.too_many_open"
    assert "2 open pull requests" in told(pull)
    PullRequest.objects.filter(version="1.8").update(on_forge="closed", state=State.CLOSED)
    assert code(pull) == ""


def test_a_maintainer_who_never_merged_one_has_few_open(settings, pull):
    settings.PULLS_SLOW_START = 2
    make_open(make_on_github("a", "ada"))
    assert code(pull) == ""
    make_open(make_on_github("b", "ada", "bob"))
    assert code(pull) == "pulls.slow_start"
    assert told(pull).startswith("ada has merged no pull request of the bot yet")


def test_a_maintainer_who_merged_one_has_as_many_as_there_are(settings, pull):
    settings.PULLS_SLOW_START = 2
    for name in "ab":
        make_open(make_on_github(name, "ada"))
    merged = {"state": State.MERGED, "on_forge": "merged"}
    make_open(make_on_github("c", "ada"), **merged)
    assert code(pull) == ""


def test_each_of_several_maintainers_is_asked(settings, pull):
    settings.PULLS_SLOW_START = 1
    make_open(make_on_github("a", "bob"))
    assert code(pull) == ""
    pull.feedstock.maintainers.create(handle="bob")
    assert code(pull) == "pulls.slow_start"


# What it is built with


@pytest.fixture
def needed(zlib):
    """What zlib is built with."""
    made = make_on_github("cmake")
    make_dependency(zlib, made)
    Feedstock.objects.filter(pk=zlib.pk).update(depth=1)
    return made


@pytest.mark.parametrize("make", [make_pull, make_open])
def test_a_dependency_with_a_proposal_of_its_own_goes_first(needed, pull, make):
    make(needed)
    assert code(pull) == "pulls.waits_for_dependency"
    assert "cmake" in told(pull)


@pytest.mark.parametrize("state", [State.MERGED, State.CLOSED, State.SUPERSEDED])
def test_one_that_is_decided_holds_nobody_back(needed, pull, state):
    make_pull(needed, state=state)
    assert code(pull) == ""


def test_nobody_waits_for_long(settings, needed, pull):
    settings.PULLS_WAIT_DAYS = 7
    make_pull(needed, proposed_at=timezone.now() - timedelta(days=7, minutes=1))
    assert code(pull) == ""


def test_nor_at_all_where_the_operator_says_so(settings, needed, pull):
    settings.PULLS_WAIT_DAYS = 0
    make_pull(needed)
    assert code(pull) == ""


def test_what_only_a_test_needs_is_not_waited_for(zlib, pull):
    tested = make_on_github("pytest")
    make_dependency(zlib, tested, test_only=True)
    Feedstock.objects.filter(pk=zlib.pk).update(depth=1)
    make_pull(tested)
    assert code(pull) == ""


def test_members_of_a_cycle_go_out_together(needed, zlib, pull):
    make_dependency(needed, zlib)
    Feedstock.objects.update(depth=3, in_cycle=True)
    other = make_pull(needed)
    assert (code(pull), code(other)) == ("", "")


# People's decisions on a version


def test_a_rejection_closes_what_is_open(zlib):
    pull = make_open(zlib)
    rejections.reject(zlib, "2.0", by=None)
    pull.refresh_from_db()
    assert (pull.state, pull.on_forge) == (State.CLOSED, "open")
    assert pull.act_at <= timezone.now()


def test_what_is_allowed_again_is_as_it_was(zlib):
    pull = make_open(zlib)
    rejections.reject(zlib, "2.0", by=None)
    rejections.allow(zlib, "2.0", by=None)
    pull.refresh_from_db()
    assert pull.state == State.OPEN
    assert code(pull) == ""


def test_what_people_closed_may_be_proposed_again(zlib):
    pull = make_open(zlib, state=State.CLOSED, on_forge="closed")
    rejections.allow(zlib, "2.0", by=None)
    pull.refresh_from_db()
    assert pull.state == State.WITHDRAWN
