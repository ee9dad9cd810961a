from __future__ import annotations

import re

import pytest

from graph.models import Feedstock, Status
from tests.factories import make_feedstock, make_outdated
from tests.hostile import SCRIPT


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row" class="wrap"><a href="/[a-z]+/([^"]+)/">', html)


@pytest.fixture
def fleet(db) -> None:
    make_feedstock("well")
    make_feedstock("down", status=Status.FAILING, version_outcome_code="http.timeout")
    make_outdated("leaf")
    make_outdated("hub", dependents_count=900)
    make_feedstock("old", version_stale=True)
    make_feedstock("unreadable", status=Status.FAILING, outcome_code="recipe.undefined_variable")
    for feedstock in Feedstock.objects.all():
        feedstock.maintainers.create(handle="alice")
    make_feedstock("other").maintainers.create(handle="conda-forge/r")


def test_what_needs_the_maintainer_most_comes_first(page, words, fleet):
    html = page("/maintainers/alice/")

    expected = ["unreadable", "hub", "leaf", "down", "old", "well"]
    assert names(html) == [f"sample/{name}" for name in expected]
    assert "Your turn 1 Outdated 2 Failing 1 Stale answer 1 Nothing to do 1" in words(html)


def test_one_need_can_be_shown_alone(page, fleet):
    assert names(page("/maintainers/alice/", need="failing")) == ["sample/down"]
    assert len(names(page("/maintainers/alice/", need="no-such-need"))) == 6


def test_handles_are_found_however_they_are_written(page, fleet):
    assert names(page("/maintainers/Alice/")) == names(page("/maintainers/alice/"))
    assert names(page("/maintainers/conda-forge/r/")) == ["sample/other"]


def test_it_leads_to_the_feed_and_to_the_data(page, fleet):
    html = page("/maintainers/alice/")
    for address in ("/feeds/maintainers/alice", "/packages.csv?maintainer=alice"):
        assert f'href="{address}"' in html


def test_it_says_that_nobody_has_this_handle(page, words, db):
    assert "No recipe names nobody as a maintainer" in words(page("/maintainers/nobody/", 404))


def test_maintainers_are_listed_and_searched(page, words, fleet):
    assert names(page("/maintainers/")) == ["alice", "conda-forge/r"]
    assert names(page("/maintainers/", q="ALI")) == ["alice"]
    assert "alice 6 2 2" in words(page("/maintainers/"))
    assert "No maintainer matches" in words(page("/maintainers/", q="zzz"))


def test_the_list_works_with_an_empty_database(page, words, db):
    assert "No recipe names a maintainer yet" in words(page("/maintainers/"))


def test_hostile_handles_are_only_text(page, db):
    make_outdated("evil", SCRIPT).maintainers.create(handle=SCRIPT)
    for html in (page("/maintainers/"), page(f"/maintainers/{SCRIPT}/")):
        assert SCRIPT not in html
        assert "&lt;script&gt;" in html


def test_they_need_few_queries(page, fleet, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        page("/maintainers/alice/")
    with django_assert_max_num_queries(6):
        page("/maintainers/")
