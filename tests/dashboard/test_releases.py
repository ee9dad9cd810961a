from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from botsite.release_filter import ROWS
from tests.factories import make_answered, make_change, make_feedstock
from tests.hostile import make_hostile_package


def names(html: str) -> list[str]:
    return re.findall(r'<th scope="row" class="wrap"><a href="/packages/([^"]+)/">', html)


@pytest.fixture
def history(db) -> None:
    now = timezone.now()
    numpy = make_answered("numpy")
    make_feedstock("numpy").maintainers.create(handle="alice")
    rlang = make_answered("rlang", owner="channel:company")
    make_change(numpy, "1.0", seen_at=now - timedelta(days=9))
    make_change(numpy, "2.0", from_version="1.0", seen_at=now)
    make_change(rlang, "1.1", from_version="1.0", source="cran", seen_at=now - timedelta(days=2))


def test_it_groups_releases_by_day_the_newest_first(page, words, history):
    html = page("/releases/")

    assert names(html) == ["sample/numpy", "sample/rlang"]
    assert html.count('id="day-') == 2
    assert f"{timezone.now():%A}, {timezone.now().day} {timezone.now():%B %Y}" in words(html)
    assert "1.0 → 2.0" in words(html)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"source": "cran"}, ["sample/rlang"]),
        ({"maintainer": "Alice"}, ["sample/numpy"]),
        ({"channel": "company"}, ["sample/rlang"]),
        ({"first": "1", "maintainer": "alice"}, ["sample/numpy", "sample/numpy"]),
        ({"day": "2001-01-01"}, []),
        ({"day": "no day"}, ["sample/numpy", "sample/rlang"]),
        ({"day": "9999-12-31"}, ["sample/numpy", "sample/rlang"]),
        ({"before": "no number"}, ["sample/numpy", "sample/rlang"]),
        ({"before": "9" * 18}, ["sample/numpy", "sample/rlang"]),
    ],
)
def test_it_filters(page, history, query, expected):
    assert names(page("/releases/", **query)) == expected


def test_older_ones_follow_on_further_pages_each_once(page, db):
    seen_at = timezone.now()
    for number in range(ROWS + 5):
        package = make_answered(f"package-{number:02}")
        make_change(package, from_version="1.0", seen_at=seen_at)

    first = page("/releases/")
    older = re.search(r'href="([^"]+)" rel="next"', first)[1]
    second = page(f"/releases/{older}")

    assert len(names(first)) == ROWS
    assert len(names(second)) == 5
    assert not set(names(first)) & set(names(second))
    assert 'rel="next"' not in second


def test_it_says_that_nothing_matches(page, words, history):
    assert "Nothing came out that matches" in words(page("/releases/", source="npm"))


def test_it_works_with_an_empty_database(page, words, db):
    assert "No new version was seen yet" in words(page("/releases/"))


def test_the_feed_is_that_of_the_maintainer(page, history):
    assert 'href="/feeds/maintainers/alice"' in page("/releases/", maintainer="alice")


def test_hostile_text_is_only_text(page, db):
    make_hostile_package()
    html = page("/releases/")
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


def test_it_needs_few_queries(page, history, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        page("/releases/", maintainer="alice", source="pypi")
