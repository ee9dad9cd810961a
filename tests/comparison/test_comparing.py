"""How two answers compare, and why they differ."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.comparison import comparing
from graph.comparison.reasons import choices
from graph.models import Feedstock, TheirAnswer
from tests.comparison.conftest import kinds
from tests.factories import make_candidate
from versions.models import Package

pytestmark = pytest.mark.django_db


def compared() -> TheirAnswer:
    comparing.compare_all()
    return TheirAnswer.objects.get()


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ("2.0", "2.0", "same"),
        ("2.0", "2.0.0", "same"),
        ("1.3_2", "1.3-2", "same"),
        ("2.0", "1.9", "ours_newer"),
        ("2.0", "2.0rc1", "ours_newer"),
        ("2.0", "2.10", "theirs_newer"),
        ("3.21.1", "3.21.1-269", "theirs_newer"),
        ("2.0", "release/2", "unordered"),
        ("2.0", "", "only_ours"),
        ("", "2.0", "only_theirs"),
        ("", "", "neither"),
    ],
)
def test_versions_compare_as_conda_orders_them(beside, ours, theirs, kind):
    beside(ours=ours, theirs=theirs)
    row = compared()
    assert (row.kind, row.our_version) == (kind, ours)


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ({"version_outcome_code": "http.timeout"}, "", "failing_ours"),
        ({"outcome_code": "recipe.bad_yaml"}, "", "failing_ours"),
        ({"outcome_code": "recipe.bad_yaml", "version_outcome_code": ""}, "", "failing_ours"),
        ({}, "Upstream: Error", "failing_theirs"),
        ({"version_outcome_code": "http.timeout"}, "Upstream: Error", "failing_both"),
        ({"version_outcome_code": "versions.no_source"}, "", "same"),
        ({"version_outcome_code": ""}, "", "waiting"),
    ],
)
def test_who_fails_is_told_whatever_was_known_before(beside, ours, theirs, kind):
    beside(error=theirs, **ours)
    assert compared().kind == kind


def test_our_verdict_on_their_version_is_the_reason(beside):
    beside(theirs="2.1rc1")
    verdict = {"rule": "prerelease", "sentence": "2.1rc1 is a pre-release."}
    make_candidate(Package.objects.get(), "2.1rc1", verdict="rejected", **verdict)
    make_candidate(Package.objects.get(), "2.0")
    row = compared()
    assert (row.rule, row.reason) == ("prerelease", "2.1rc1 is a pre-release.")


@pytest.mark.parametrize("spelt", [{"version": "3.21.1.269"}, {"tag": "3.21.1-269"}])
def test_their_version_is_known_by_any_spelling(beside, spelt):
    beside(ours="3.21.1", theirs="3.21.1-269")
    make_candidate(Package.objects.get(), **{"rule": "jump", "sentence": "Far.", **spelt})
    assert compared().rule == "jump"


def test_what_our_source_does_not_list_is_told(beside):
    beside(theirs="2.1")
    row = compared()
    assert (row.rule, row.reason) == ("not_seen", "pypi does not list 2.1.")


def test_why_we_fail_is_the_outcome(beside):
    beside(version_outcome_code="http.timeout")
    row = compared()
    assert (row.rule, row.reason) == ("http.timeout", "Said upstream.")


def test_why_the_recipe_cannot_be_read_comes_first(beside):
    outcome = {"outcome_code": "recipe.bad_yaml", "outcome": {"message": "Broken."}}
    beside(version_outcome_code="http.timeout", **outcome)
    row = compared()
    assert (row.rule, row.reason) == ("recipe.bad_yaml", "Broken.")


def test_without_a_source_of_ours_that_is_why_only_they_know(beside):
    beside(ours="", version_outcome_code="versions.no_source")
    row = compared()
    assert (row.kind, row.rule) == ("only_theirs", "versions.no_source")
    assert row.reason == "Said upstream."


def test_why_they_fail_is_in_their_words(beside):
    beside(error="Upstream: Error")
    row = compared()
    assert (row.rule, row.reason) == ("their_error", "Upstream: Error")


def test_where_we_are_ahead_it_tells_what_we_found(beside):
    day = timezone.now().replace(year=2026, month=3, day=1)
    beside(theirs="1.9", released_at=day)
    row = compared()
    assert row.rule == "they_are_behind"
    assert row.reason == "pypi lists 2.0, released 2026-03-01; they are at 1.9."


def test_a_kind_has_held_since_it_changed(beside):
    beside(theirs="1.9")
    first = compared().kind_since
    Feedstock.objects.update(new_version="2.1")
    assert compared().kind_since == first
    TheirAnswer.objects.update(version="2.1")
    row = compared()
    assert row.kind == "same"
    assert row.kind_since > first


def test_only_what_changed_is_written(beside):
    for name in ("a", "b", "c"):
        beside(name)
    assert comparing.compare_all() == 3
    assert comparing.compare_all() == 0
    Feedstock.objects.filter(name="b").update(new_version="2.1")
    assert comparing.compare_all() == 1
    assert kinds() == {"a": "same", "b": "ours_newer", "c": "same"}


def test_it_asks_the_database_few_questions_of_many_rows(beside, django_assert_max_num_queries):
    for number in range(20):
        beside(f"p{number}", theirs="3.0" if number % 2 else "2.0")
    with django_assert_max_num_queries(5):
        comparing.compare_all()


def test_rules_are_offered_in_words(beside):
    beside("a", theirs="3.0")
    beside("b", theirs="3.0")
    beside("c", version_outcome_code="http.timeout")
    comparing.compare_all()
    offered = [(each.value, each.words, each.count) for each in choices()]
    assert offered[0] == ("not_seen", "not listed by our source", 2)
    assert offered[1][0] == "http.timeout"
    assert offered[1][1] != "http.timeout"
