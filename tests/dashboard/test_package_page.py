from __future__ import annotations

import re

import pytest
from django.utils import timezone

from core.outcomes import Outcome
from graph.models import Feedstock, Status
from tests.factories import (
    make_answered,
    make_candidate,
    make_change,
    make_dependency,
    make_feedstock,
    make_job,
    make_outdated,
    make_package,
    make_reading,
)

NUMPY = "/packages/sample/numpy/"


def test_it_answers_with_current_and_latest_version(page, words):
    make_outdated("numpy", "2.0", version="1.9")
    make_answered("numpy", "2.0", current_version="1.9")

    said = words(page(NUMPY))

    assert "1.9 → 2.0" in said
    assert "Outdated released 3 days ago, found by pypi" in said


def test_a_name_leads_to_its_key(client, db):
    make_feedstock("numpy")
    response = client.get("/packages/numpy/")
    assert (response.status_code, response["Location"]) == (302, NUMPY)


def test_an_ambiguous_name_lists_the_keys(page):
    make_feedstock("numpy")
    make_feedstock("numpy", channel="company")

    html = page("/packages/numpy/", answers=300)

    assert 'href="/packages/company/numpy/"' in html
    assert f'href="{NUMPY}"' in html


def test_an_unknown_name_is_not_found(page, words):
    assert "No package is called sample/none." in words(page("/packages/sample/none/", answers=404))


def test_it_shows_what_is_watched_without_a_feedstock(page, words):
    make_answered("numpy", "2.0")
    assert "1.0 → 2.0" in words(page(NUMPY))


def test_it_shows_a_feedstock_that_is_not_watched(page, words):
    make_feedstock("numpy")
    assert "not watched upstream" in words(page(NUMPY))


def test_a_failed_check_leaves_the_answer_and_says_so(page, words):
    make_outdated("numpy", version_stale=True)
    failure = Outcome("http.timeout", "The host did not answer.", "It is tried again.")
    make_answered(failures=3, outcome_code=failure.code, outcome=failure.as_dict())

    said = words(page(NUMPY))

    assert "1.0 → 2.0" in said
    assert "The last 3 checks failed, so this answer may be old: The host did not answer." in said
    assert "Next try in 5 h" in said


def test_it_says_why_there_is_no_pull_request(page, words):
    make_feedstock("numpy")
    make_package("numpy")

    said = words(page(NUMPY))

    assert "Why is there no pull request?" in said
    assert "Upstream was not asked yet." in said


def test_candidates_show_verdict_and_reason_and_fold_after_fifteen(page, words):
    make_feedstock("numpy")
    package = make_answered("numpy", candidates_left_out=7)
    for number in range(17):
        make_candidate(package, f"1.{number}", rule="older", sentence="Older than the winner.")
    make_candidate(package, "2.0rc1", verdict="rejected", sentence="It is a prerelease.")

    html = page(NUMPY)

    assert "3 more" in words(html)
    assert "18 shown, 7 older left out" in words(html)
    assert "Rejected It is a prerelease." in words(html)
    assert html.index("1.14") < html.index("<summary", html.index("1.14")) < html.index("1.15")


def test_a_broken_recipe_shows_its_faulty_line(page, words):
    outcome = Outcome(
        "recipe.undefined_variable", "'nam' is undefined.", "Define it.", file="meta.yaml", line=2
    )
    numpy = make_feedstock(
        status=Status.FAILING, outcome_code=outcome.code, outcome=outcome.as_dict()
    )
    make_reading(numpy, "package:\n  name: {{ nam }}\nbuild:\n")

    html = page(NUMPY)

    assert "meta.yaml:2. 'nam' is undefined." in words(html)
    fault = re.search(r'<li class="fault">(.*?)</li>', html)
    assert fault is not None
    assert "name: {{ nam }}" in fault[1]


def test_a_fault_beyond_the_end_marks_no_line(page):
    outcome = Outcome("recipe.invalid_yaml", "It ends too early.", file="meta.yaml", line=99)
    numpy = make_feedstock(outcome_code=outcome.code, outcome=outcome.as_dict())
    make_reading(numpy, "package:\n")
    assert 'class="fault"' not in page(NUMPY)


def test_a_long_recipe_is_cut(page, words):
    make_reading(make_feedstock(), "x\n" * 4000)
    assert "2500 further lines are not shown" in words(page(NUMPY))


def test_neighbours_are_listed_and_capped(page, words):
    numpy = make_feedstock("numpy", direct_dependents_count=20, dependents_count=30)
    python = make_feedstock("python", status=Status.UP_TO_DATE)
    make_dependency(numpy, python, labels="host:linux-64 run:linux-64")
    make_dependency(numpy, None, "libblas", via="blas-devel")
    make_dependency(numpy, None, "pytest-cov", test_only=True, labels="test:linux-64")
    for number in range(20):
        make_dependency(make_feedstock(f"user-{number}"), numpy)

    html = page(NUMPY)

    assert "python host, run Up to date" in words(html)
    assert "libblas run run export of blas-devel external" in words(html)
    assert "test only for the test" in words(html)
    assert "20 direct, 30 in all" in words(html)
    assert 'href="/packages/?depends_on=sample/numpy&amp;sort=-dependents">+5 more' in html


def test_history_is_listed(page, words):
    make_feedstock("numpy")
    make_change(make_answered("numpy"), "1.26.4")
    assert "1.26.4" in words(page(NUMPY))


def test_it_polls_only_while_it_is_checked(page):
    make_feedstock("numpy")
    make_answered("numpy")
    assert "every 2s" not in page(NUMPY)
    make_job("pipeline.check", "sample/numpy")
    assert "every 2s" in page(NUMPY)


def test_a_gone_feedstock_keeps_its_page(page, words):
    make_feedstock("numpy", gone_at=timezone.now())
    assert "This feedstock is gone from its channel" in words(page(NUMPY))


@pytest.mark.parametrize("name", ["a b", "ünïcode", "a\nb", "50%", "a?b#c", "check"])
def test_any_directory_name_has_an_address(page, name):
    feedstock = make_feedstock(name)
    html = page("/packages/")
    address = re.findall(r'<th scope="row" class="wrap"><a href="(/packages/sample/[^"]+)"', html)
    assert len(address) == 1
    assert Feedstock.objects.get().key == feedstock.key
    page(address[0])


def test_it_needs_few_queries(page, django_assert_max_num_queries):
    numpy = make_outdated("numpy")
    make_reading(numpy, "package:\n")
    package = make_answered("numpy")
    for number in range(20):
        make_candidate(package, str(number))
        make_dependency(numpy, make_feedstock(f"needed-{number}"))
        make_dependency(make_feedstock(f"user-{number}"), numpy)

    with django_assert_max_num_queries(15):
        page(NUMPY)
