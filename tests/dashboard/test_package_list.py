from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from graph.models import Status
from tests.factories import make_dependency, make_feedstock, make_outdated

LIST = "/packages/"


def names(html: str) -> list[str]:
    """The packages that a page lists, in its order."""
    return re.findall(r'<th scope="row" class="wrap"><a href="/packages/([^"]+)/">', html)


@pytest.fixture
def fleet(db) -> None:
    now = timezone.now()
    make_outdated("numpy", dependents_count=50, version_checked_at=now - timedelta(hours=1))
    make_outdated(
        "rlang", new_version_source="cran", dependents_count=5, released_at=now - timedelta(days=9)
    )
    make_feedstock("broken", status=Status.FAILING, outcome_code="recipe.undefined_variable")
    make_feedstock("down", status=Status.FAILING, version_outcome_code="http.timeout")
    make_feedstock("inhouse", channel="company").maintainers.create(handle="alice")


def test_it_lists_all_by_name(page, fleet):
    expected = ["sample/broken", "sample/down", "company/inhouse", "sample/numpy", "sample/rlang"]
    assert names(page(LIST)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "NUM"}, ["sample/numpy"]),
        ({"status": "outdated"}, ["sample/numpy", "sample/rlang"]),
        ({"source": "cran"}, ["sample/rlang"]),
        ({"outcome": "recipe.undefined_variable"}, ["sample/broken"]),
        ({"outcome": "http.timeout"}, ["sample/down"]),
        ({"channel": "company"}, ["company/inhouse"]),
        ({"maintainer": "Alice"}, ["company/inhouse"]),
        ({"status": "outdated", "source": "pypi"}, ["sample/numpy"]),
        ({"status": "no-such-status"}, []),
    ],
)
def test_it_filters(page, fleet, query, expected):
    assert names(page(LIST, **query)) == expected


def test_it_shows_the_direct_neighbours_of_a_package(page, fleet):
    python = make_feedstock("python")
    numpy = make_feedstock("numpy2")
    make_dependency(numpy, python)
    make_dependency(numpy, python, "python_abi")

    assert names(page(LIST, depends_on="sample/python")) == ["sample/numpy2"]
    assert names(page(LIST, needed_by="sample/numpy2")) == ["sample/python"]


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("-name", "sample/rlang"),
        ("-dependents", "sample/numpy"),
        ("status", "sample/broken"),
        ("-released", "sample/numpy"),
        ("released", "sample/rlang"),
        ("-checked", "sample/rlang"),
        ("checked", "sample/numpy"),
        ("outcome; drop table", "sample/broken"),
    ],
)
def test_it_sorts_by_known_orders_only(page, fleet, sort, first):
    assert names(page(LIST, sort=sort))[0] == first


def test_headings_say_how_the_list_is_sorted_and_turn_it_around(page, fleet):
    html = page(LIST, sort="-dependents", q="n")
    assert 'aria-sort="descending"><a href="?sort=dependents&amp;q=n">' in html


def test_counts_follow_the_other_filters(page, words, fleet):
    said = words(page(LIST, source="pypi", status="failing"))
    assert "All 1 Up to date 0 Outdated 1 Unknown 0 Failing 0" in said


def test_it_pages_and_keeps_the_filters(page, db):
    for number in range(60):
        make_feedstock(f"package-{number:02}")

    html = page(LIST, q="package", page="2")

    assert len(names(html)) == 10
    assert 'href="?q=package&amp;page=1"' in html
    assert names(page(LIST, page="99"))[-1] == "sample/package-59"


def test_it_says_that_nothing_matches(page, words, fleet):
    assert "No package matches" in words(page(LIST, q="zzz"))


def test_it_works_with_an_empty_database(page, words, db):
    assert "No feedstock was read yet" in words(page(LIST))


def test_gone_feedstocks_are_left_out(page, db):
    make_feedstock("gone", gone_at=timezone.now())
    assert names(page(LIST)) == []


def test_it_needs_few_queries(page, fleet, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        page(LIST, q="n", channel="sample", status="outdated", sort="-checked")
