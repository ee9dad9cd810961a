from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Measurement
from core.outcomes import Outcome
from graph.models import Status
from pulls.models import Attempt, PullRequest
from tests.factories import (
    make_answered,
    make_attempt,
    make_feedstock,
    make_outdated,
    make_user,
)
from tests.hostile import make_hostile_package

TIMEOUT = Outcome("http.timeout", "example.org did not answer.", "It is tried again.").as_dict()


@pytest.fixture
def failing(db) -> None:
    for name in ("down", "slow"):
        make_answered(name, outcome_code="http.timeout", outcome=TIMEOUT)
    make_feedstock("down", version_outcome_code="http.timeout", status=Status.FAILING)
    make_feedstock("broken", outcome_code="recipe.undefined_variable", status=Status.FAILING)


def test_it_lists_what_occurs_the_most_frequent_first(page, words, failing):
    html = page("/outcomes/")

    assert html.index("/outcomes/http.timeout/") < html.index(
        "/outcomes/recipe.undefined_variable/"
    )
    assert "http.timeout 2 2 0 0 0 upstream often" in words(html)
    assert "outcomes that don't occur now" in words(html)


def test_it_shows_how_often_it_occurred_before(page, failing):
    for minutes in (0, 6, 12):
        moment = timezone.now() - timedelta(minutes=minutes)
        figures = {"versions.failing.http.timeout": minutes}
        Measurement.objects.create(taken_at=moment, figures=figures)
    assert 'class="spark"' in page("/outcomes/")


def test_it_is_glad_if_nothing_failed(page, words, db):
    assert "Nothing ended badly" in words(page("/outcomes/"))


def test_an_outcome_is_explained_and_lists_its_packages(page, words, failing):
    html = page("/outcomes/http.timeout/")

    assert "/packages/sample/down/" in html
    assert "/packages/sample/slow/" in html
    said = words(html)
    assert "Whose turn Upstream" in said
    assert "example.org did not answer. It is tried again." in said
    assert "{" not in said


def test_braces_that_are_meant_are_shown(page, db):
    html = page("/outcomes/pulls.version_computed/")
    assert "{% set version = &quot;1.0&quot; %}" in html
    assert "<var>old</var>" in html


def test_recipes_are_listed_where_reading_ended_so(page, words, failing):
    html = page("/outcomes/recipe.undefined_variable/")
    assert "/packages/sample/broken/" in html
    assert "Checks 0 Recipes 1" in words(html)


def test_one_that_does_not_occur_is_explained_too(page, words, db):
    assert "No package has this outcome" in words(page("/outcomes/http.timeout/"))


def test_it_says_that_no_outcome_has_this_code(page, words, db):
    assert "No outcome has the code no.such_code" in words(page("/outcomes/no.such_code/", 404))


def test_proposals_that_failed_are_listed_and_tried_again(client, page, words, db):
    make_attempt("old", number=8)
    assert "pulls.no_hash 1 0 0 1 0 maintainer" in words(page("/outcomes/"))
    html = page("/outcomes/pulls.no_hash/")
    assert "/packages/sample/old/" in html
    assert "Try all" not in words(html)
    client.force_login(make_user("staff", staff=True))
    assert "Try all 1 proposals again" in words(page("/outcomes/pulls.no_hash/"))
    client.post("/proposals/refused/retry/", {"outcome": "pulls.no_hash"})
    assert Attempt.objects.get().number == 0


def test_what_a_forge_refused_is_listed_and_tried_again(client, page, words, db):
    pull = PullRequest.objects.create(
        feedstock=make_outdated("old"), version="2.0", outcome_code="http.timeout", tries=8
    )
    assert "/packages/sample/old/" in page("/outcomes/http.timeout/")
    client.force_login(make_user("staff", staff=True))
    client.post("/proposals/refused/retry/", {"outcome": "http.timeout"})
    pull.refresh_from_db()
    assert pull.tries == 0
    assert pull.act_at <= timezone.now()


def test_only_the_bot_team_is_offered_to_try_all_again(client, page, words, failing):
    assert "Try all" not in words(page("/outcomes/http.timeout/"))
    client.force_login(make_user("staff", staff=True))
    assert "Try all 2 checks again" in words(page("/outcomes/http.timeout/"))
    assert "Try all" not in words(page("/outcomes/recipe.undefined_variable/"))


def test_hostile_text_is_only_text(page, db):
    make_hostile_package()
    for html in (page("/outcomes/"), page("/outcomes/http.bad/"), page("/outcomes/recipe.bad/")):
        assert "<script>alert" not in html
        assert "<img" not in html.partition("<main")[2]


def test_they_need_few_queries(page, failing, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page("/outcomes/")
    with django_assert_max_num_queries(7):
        page("/outcomes/http.timeout/")
