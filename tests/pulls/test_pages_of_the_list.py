"""The lists of proposals: found, counted, and true in a dry run as well as where they go out."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.jobs import schedules
from pulls.acts import budget, rejections
from pulls.models import MOST_TRIES, Account, PullRequest
from pulls.outcomes import WAITS_FOR_DEPENDENCY, WORKERS_LOST
from tests.factories import make_dependency, make_outdated, make_user
from tests.pulls.rows import make_on_github, make_open, make_pull

pytestmark = pytest.mark.django_db
ACCOUNT = "github https://api.github.com"


@pytest.fixture
def is_on(settings):
    settings.PULLS, settings.GITHUB_WRITE_TOKEN = "open", "t"
    return settings


def text(client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def dead(pull: PullRequest, **columns: Any) -> PullRequest:
    values = {"outcome_code": WORKERS_LOST.code, "outcome": WORKERS_LOST.outcome(tries=8).as_dict()}
    PullRequest.objects.filter(pk=pull.pk).update(
        act_at=None, tries=MOST_TRIES, **{**values, **columns}
    )
    return pull


# All


@pytest.fixture
def some():
    """One in each of some states; ada maintains zlib alone."""
    make_pull(make_on_github("zlib", "ada"))
    there = {"number": 12, "url": "https://github.com/acme/numpy-feedstock/pull/12"}
    make_open(make_on_github("numpy"), **there)
    make_open(make_on_github("scipy"), state="merged", on_forge="merged")


def test_each_state_is_counted_and_can_be_asked_for(client, some):
    page = text(client, "/proposals/")
    assert 'All <span class="count">3</span>' in page
    assert 'Open <span class="count">1</span>' in page
    page = text(client, "/proposals/", state="open")
    assert ("numpy v2.0" in page, "zlib v2.0" in page) == (True, False)
    assert 'Merged <span class="count">1</span>' in page


@pytest.mark.parametrize(
    "query", [{"q": "zli"}, {"maintainer": "Ada"}, {"q": "zlib", "channel": "acme"}]
)
def test_they_are_found(client, some, query):
    page = text(client, "/proposals/", **query)
    assert ("zlib v2.0" in page, "numpy v2.0" in page) == (True, False)
    assert 'All <span class="count">1</span>' in page


@pytest.mark.parametrize("query", [{"q": "\0"}, {"state": "<b>"}, {"page": "x"}])
def test_nonsense_filters_nothing(client, some, query):
    assert "numpy v2.0" in text(client, "/proposals/", **query)


def test_none_is_found(client, some):
    assert "Show all proposals" in text(client, "/proposals/", channel="nowhere")


def test_an_open_one_links_to_its_forge(client, some):
    link = '<a href="https://github.com/acme/numpy-feedstock/pull/12" rel="noopener nofollow">#12'
    assert link in text(client, "/proposals/")


def test_what_is_no_address_of_the_web_is_no_link(client, some):
    PullRequest.objects.update(url="javascript:alert(1)")
    assert "javascript:" not in text(client, "/proposals/")


def test_a_dry_run_says_so(client, some):
    page = text(client, "/proposals/")
    assert "This is a dry run" in page
    assert "stays here: a dry run" in page


def test_what_comes_next_is_told(client, some, is_on):
    later = timezone.now() + timedelta(minutes=10, seconds=30)
    PullRequest.objects.filter(state="open").update(act_at=later)
    page = text(client, "/proposals/")
    assert "dry run" not in page
    assert "is opened within minutes" in page
    assert ">in 10 min<" in page
    dead(PullRequest.objects.get(feedstock__name="zlib"))
    assert "needs a person" in text(client, "/proposals/")


def test_without_an_account_they_stay_here(client, some, settings):
    settings.PULLS = "open"
    assert "stays here: no account" in text(client, "/proposals/")


# Of one package


def test_the_history_of_a_package_has_its_proposals_alone(client, some):
    page = text(client, reverse("pulls:of_package", args=["acme/numpy"]))
    assert ("numpy v2.0" in page, "zlib v2.0" in page) == (True, False)


def test_there_is_no_history_of_what_there_is_not(client, db):
    assert client.get(reverse("pulls:of_package", args=["acme/x"])).status_code == 404


def test_a_package_without_any_says_so(client):
    make_outdated("numpy")
    page = text(client, reverse("pulls:of_package", args=["sample/numpy"]))
    assert "Nothing was proposed yet" in page


def test_the_page_of_a_package_lists_its_proposals(client, some):
    make_open(PullRequest.objects.get(feedstock__name="numpy").feedstock, "1.9", state="superseded")
    page = text(client, reverse("package", args=["acme/numpy"]))
    assert "numpy v2.0" in page
    assert "numpy v1.9" in page
    assert reverse("pulls:of_package", args=["acme/numpy"]) in page


# Dead letters


def test_dead_letters_stand_by_their_outcome(client, some):
    dead(PullRequest.objects.get(feedstock__name="zlib"))
    page = text(client, "/proposals/dead-letters/")
    assert "Workers died of it" in page
    assert "8 workers in a row died" in page
    assert "Try again" not in page
    assert "None failed with this outcome" in text(client, "/proposals/dead-letters/", outcome="x")


def test_there_are_no_dead_letters(client, some):
    assert "No dead letters" in text(client, "/proposals/dead-letters/")


def test_the_bot_team_tries_all_of_an_outcome_again(client, some, is_on):
    for pull in PullRequest.objects.exclude(state="merged"):
        dead(pull)
    client.force_login(make_user(staff=True))
    client.post("/proposals/refused/retry/", {"outcome": WORKERS_LOST.code})
    assert not PullRequest.objects.dead_letters().exists()


# What goes out next


def names(client) -> list[str]:
    response = client.get("/proposals/budget/")
    return [each.pull.feedstock.name for each in response.context["line"].first]


def test_what_is_built_first_goes_first(client):
    for name, depth, dependents in (("c", 2, 9), ("b", 1, 0), ("a", 1, 5)):
        make_pull(make_on_github(name, depth=depth, dependents_count=dependents))
    assert names(client) == ["a", "b", "c"]


def test_what_is_out_is_not_in_the_line(client, some):
    assert names(client) == ["zlib"]


def test_each_says_what_holds_it_back(client, is_on):
    zlib, cmake = make_on_github("zlib", depth=1), make_on_github("cmake")
    make_dependency(zlib, cmake)
    make_pull(cmake)
    make_pull(zlib)
    page = client.get("/proposals/budget/")
    first, second = page.context["line"].first
    assert (first.hold, second.hold.outcome.code) == (None, WAITS_FOR_DEPENDENCY.code)
    assert "zlib is built with cmake" in page.content.decode()


def test_many_that_wait_need_no_more_queries(client, is_on, django_assert_max_num_queries):
    cmake = make_on_github("cmake")
    make_pull(cmake)
    rejected = make_on_github("rejected")
    make_pull(rejected)
    rejections.reject(rejected, "2.0", by=None)
    for number in range(8):
        feedstock = make_on_github(f"p{number}", "ada", depth=1)
        make_dependency(feedstock, cmake)
        make_pull(feedstock)
    with django_assert_max_num_queries(12):
        client.get("/proposals/budget/")


def test_an_account_says_what_is_left_and_until_when_it_waits(client, is_on):
    is_on.PULLS_PER_MINUTE, is_on.PULLS_PER_HOUR = 40, 200
    now = timezone.now()
    assert budget.take(ACCOUNT, 2, now) == 0
    page = text(client, "/proposals/budget/")
    assert "8 of this minute, 48 of this hour" in page
    assert "May act" in page
    budget.block(ACCOUNT, now + timedelta(minutes=9), "GitHub said so.", now)
    page = text(client, "/proposals/budget/")
    assert "Asked to wait" in page
    assert "GitHub said so." in page


def test_an_account_that_spent_all_waits(client, is_on):
    now = timezone.now()
    Account.objects.create(name=ACCOUNT, minute=0, hour=0, counted_at=now, spent=7)
    assert "It may write again" in text(client, "/proposals/budget/")


def test_a_pause_is_told(client, is_on):
    schedules.sync()
    schedules.pause("pulls.tend", by=make_user("carol"), reason="a fire")
    assert "by carol: a fire" in text(client, "/proposals/budget/")


def test_what_can_go_nowhere_is_told(client, some, settings):
    settings.PULLS = "open"
    page = text(client, "/proposals/budget/")
    assert "1 more can go nowhere" in page
    assert "BOTSITE_GITHUB_WRITE_TOKEN" in page
