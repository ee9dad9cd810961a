"""Why there is no pull request, or where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.conditions import State as Is
from core.models import outcome_values
from graph.models import Feedstock
from pulls.acts import budget
from pulls.conditions import conditions
from pulls.models import Attempt, PullRequest, State
from pulls.outcomes import NO_HASH, TOO_MANY_OPEN
from tests.factories import make_channel, make_feedstock, make_outdated
from tests.pulls.rows import make_on_github, make_open, make_pull

pytestmark = pytest.mark.django_db


@pytest.fixture
def zlib():
    return make_on_github()


@pytest.fixture
def able(settings):
    settings.PULLS = "open"
    settings.GITHUB_WRITE_TOKEN = "swordfish"
    return settings


def only(key="acme/zlib"):
    (condition,) = conditions(key)
    return condition


def told(key="acme/zlib"):
    condition = only(key)
    return condition.code, condition.state


def test_nothing_is_newer():
    make_feedstock("zlib", "acme")
    assert told() == ("pulls.nothing_to_propose", Is.WAITING)


def test_not_yet_tried(zlib):
    assert told() == ("pulls.not_yet_tried", Is.WAITING)


def test_it_could_not_be_made(zlib):
    outcome = NO_HASH.outcome(algorithms="sha256", url="u")
    Attempt.objects.create(
        feedstock=zlib,
        version="2.0",
        base_hash="first",
        number=1,
        finished_at=timezone.now(),
        outcome_code=outcome.code,
        outcome=outcome.as_dict(),
    )
    assert told() == ("pulls.no_hash", Is.FAILED)


def test_in_dry_run_it_is_shown_here_only(zlib):
    make_pull(zlib)
    assert told() == ("pulls.dry_run", Is.WAITING)
    assert "BOTSITE_PULLS=open" in only().action


def test_without_a_token(zlib, settings):
    settings.PULLS, settings.GITHUB_WRITE_TOKEN = "open", ""
    make_pull(zlib)
    assert told() == ("pulls.no_token", Is.FAILED)


def test_a_channel_without_a_forge(able):
    make_channel("cf", kind="cf-graph", spec="cf-graph:/data")
    make_pull(make_outdated("zlib", channel="cf"))
    assert told("cf/zlib") == ("pulls.no_forge", Is.FAILED)


def test_it_is_about_to_be_opened(able, zlib):
    make_pull(zlib)
    assert told() == ("pulls.not_yet_opened", Is.WAITING)


def test_something_holds_it_back(able, zlib):
    make_pull(zlib)
    Feedstock.objects.update(archived=True)
    assert told() == ("pulls.archived", Is.WAITING)


def test_the_account_waits(able, zlib):
    make_pull(zlib)
    now = timezone.now()
    account = budget.account_of("github", budget.Act.PUBLISH)
    budget.block(account, now + timedelta(hours=1), "too fast", now)
    assert told() == ("pulls.account_waits", Is.WAITING)


@pytest.mark.parametrize(("tries", "state"), [(1, Is.WAITING), (8, Is.FAILED)])
def test_the_forge_failed(able, zlib, tries, state):
    pull = make_pull(zlib, tries=tries, outcome_code="http.server_error")
    outcome = {"code": "http.server_error", "message": "It is ill.", "next": "Wait."}
    again = timezone.now() + timedelta(hours=1) if tries < 8 else None
    PullRequest.objects.filter(pk=pull.pk).update(outcome=outcome, act_at=again)
    condition = only()
    assert (condition.code, condition.state) == ("http.server_error", state)
    assert condition.evidence == {"tries": tries}
    assert condition.next_try_at == again


def test_it_is_open(able, zlib):
    url = "https://github.com/acme/zlib-feedstock/pull/7"
    days = timedelta(days=3, hours=1)
    make_open(zlib, number=7, url=url, opened_at=timezone.now() - days)
    condition = only()
    assert (condition.code, condition.state) == ("pulls.open", Is.PASSED)
    assert url in condition.sentence
    assert condition.evidence["number"] == 7
    assert condition.evidence["age_days"] == 3


def test_an_open_branch_has_a_name_instead_of_a_page(able, zlib):
    pull = make_open(zlib, number=0)
    assert f"the branch {pull.branch}" in only().sentence


def test_what_was_said_of_an_open_one_last_is_told(able, zlib):
    make_open(zlib, outcome={"code": "pulls.branch_not_ours", "message": "Somebody works."})
    assert only().evidence["remark"] == "Somebody works."


def test_it_was_merged_and_the_feedstock_is_to_be_read(able, zlib):
    make_open(zlib, state=State.MERGED, on_forge="merged")
    assert told() == ("pulls.merged", Is.WAITING)


def test_people_closed_it(able, zlib):
    make_open(zlib, state=State.CLOSED, on_forge="closed", url="https://github.com/x/y/pull/1")
    assert told() == ("pulls.closed_by_people", Is.FAILED)
    assert "https://github.com/x/y/pull/1" in only().sentence


def test_one_that_is_made_anew_says_nothing_yet(able, zlib):
    make_pull(zlib)
    Feedstock.objects.update(content_hash="second")
    assert told() == ("pulls.not_yet_tried", Is.WAITING)


def test_what_a_worker_found_is_told_until_it_looks_again(able, zlib, django_assert_num_queries):
    pull = make_pull(zlib)
    outcome = TOO_MANY_OPEN.outcome(name="zlib", open=3, most=3)
    PullRequest.objects.filter(pk=pull.pk).update(**outcome_values(outcome))
    with django_assert_num_queries(2):
        assert told() == ("pulls.too_many_open", Is.WAITING)


def test_few_queries_tell(able, zlib, django_assert_max_num_queries):
    pull = make_pull(zlib)
    with django_assert_max_num_queries(5):  # one of them for the feedstock
        conditions("acme/zlib")
    PullRequest.objects.filter(pk=pull.pk).update(state=State.OPEN, on_forge="open")
    with django_assert_max_num_queries(2):
        conditions("acme/zlib")
