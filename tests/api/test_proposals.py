"""Proposals and tries, as programs read them and have them made anew."""

from __future__ import annotations

import pytest

from core.models import Job
from core.people.tokens import Scope
from pulls.models import Attempt, PullRequest
from tests.api.conftest import token
from tests.factories import make_attempt, make_feedstock, make_outdated


@pytest.fixture
def pull(db) -> PullRequest:
    feedstock = make_outdated("numpy", "2.0")
    feedstock.maintainers.create(handle="mia")
    return PullRequest.objects.create(
        feedstock=feedstock,
        version="2.0",
        old_version="1.0",
        branch="2.0_habc123",
        title="numpy v2.0",
        body="Words.",
        diff="--- a/meta.yaml\n",
        edits=[{"line": 2, "before": "1.0", "after": "2.0", "why": "the version"}],
    )


def names(document) -> list[str]:
    return [each["title"] for each in document["items"]]


def test_it_works(ask, pull):
    [found] = ask("/proposals")["items"]
    assert found["key"] == "sample/numpy"
    assert (found["old_version"], found["version"], found["state"]) == ("1.0", "2.0", "proposed")
    assert found["number"] is None
    assert "diff" not in found


@pytest.mark.parametrize(
    "query",
    [
        {"state": "proposed"},
        {"package": "sample/numpy"},
        {"package": "numpy"},
        {"maintainer": "Mia"},
    ],
)
def test_it_is_found_by_what_it_is(ask, pull, query):
    assert names(ask("/proposals", **query)) == ["numpy v2.0"]


@pytest.mark.parametrize(
    "query", [{"state": "merged"}, {"package": "six"}, {"maintainer": "nobody"}, {"outcome": "x.y"}]
)
def test_it_is_not_found_by_what_it_is_not(ask, pull, query):
    assert names(ask("/proposals", **query)) == []


def test_there_is_no_such_state(ask, db):
    assert ask("/proposals", 422, state="lost")["field"] == "query.state"


def test_the_newest_come_first_and_pages_follow(ask, pull):
    other = PullRequest.objects.create(feedstock=make_outdated("six"), version="2.0", title="six")
    first = ask("/proposals", per_page=1)
    assert names(first) == ["six"]
    assert first["next"].endswith(f"per_page=1&before={other.pk}")
    assert names(ask("/proposals", before=other.pk)) == ["numpy v2.0"]


def test_one_has_its_words_and_diff(ask, pull):
    found = ask(f"/proposals/{pull.pk}")
    assert found["body"].startswith("Words.\n\n### How to go on\n")
    assert found["diff"] == "--- a/meta.yaml\n"
    assert found["edits"][0]["line"] == 2
    assert ask("/proposals/4711", 404)["code"] == "api.not_found"


def test_what_did_not_change_is_not_sent_again(client, pull):
    first = client.get("/api/v1/proposals")
    again = client.get("/api/v1/proposals", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_what_could_not_be_proposed_says_why(ask, db):
    make_attempt("numpy", number=3)
    [found] = ask("/tries", outcome="pulls.no_hash")["items"]
    assert (found["key"], found["tries"]) == ("sample/numpy", 3)
    assert found["outcome"]["message"] == "No sha256 is known."
    assert ask("/tries", package="six")["total"] == 0


def test_a_maintainer_has_it_made_anew(send, mia, pull):
    attempt = make_attempt("numpy", number=8)
    answer = send("POST", "/tries/numpy", token(mia, Scope.CHECK))
    assert answer.status_code == 202
    assert answer.json()["kind"] == "pulls.propose"
    attempt.refresh_from_db()
    assert attempt.number == 0


def test_what_is_up_to_date_is_not_made_anew(send, bob):
    make_feedstock("six")
    answer = send("POST", "/tries/six", token(bob))
    assert answer.status_code == 409
    assert not Job.objects.exists()


def test_the_bot_team_tries_all_again_that_failed_alike(send, bob):
    make_attempt("numpy", number=8)
    make_attempt("six", number=8, outcome_code="pulls.same_hash")
    answer = send("POST", "/tries", token(bob, Scope.OPERATE), {"outcome": "pulls.no_hash"})
    assert answer.json() == {"retried": 1}
    assert list(Attempt.objects.order_by("pk").values_list("number", flat=True)) == [0, 8]
    again = send("POST", "/tries", token(bob, Scope.OPERATE), {"outcome": "pulls.no_hash"})
    assert again.json() == {"retried": 0}
