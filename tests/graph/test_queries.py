"""Questions that pages ask of feedstocks."""

from __future__ import annotations

import pytest
from django.utils import timezone

from graph.models import Channel, Feedstock, Maintainer, Status
from versions.models import AmbiguousName

pytestmark = pytest.mark.django_db


def change(row, **values):
    Feedstock.objects.filter(pk=row.pk).update(**values)


def names(rows):
    return [row.name for row in rows]


def test_counts_by_status_leave_out_what_is_gone(feedstock):
    change(feedstock("a"), status=Status.OUTDATED, outdated=True)
    change(feedstock("b"), status=Status.OUTDATED, outdated=True, gone_at=timezone.now())
    assert Feedstock.objects.status_counts() == {
        "up_to_date": 0,
        "outdated": 1,
        "unknown": 0,
        "failing": 0,
    }


def test_the_most_impactful_come_first(feedstock):
    for name, dependents in (("few", 1), ("many", 9)):
        change(feedstock(name), outdated=True, dependents_count=dependents)
    feedstock("current")
    assert names(Feedstock.objects.most_impactful()) == ["many", "few"]


def test_search_by_part_of_a_name(feedstock):
    feedstock("numpy")
    feedstock("scipy")
    assert names(Feedstock.objects.search(" NUM ")) == ["numpy"]
    assert Feedstock.objects.search("  ").count() == 2


def test_by_maintainer(feedstock):
    Maintainer.objects.create(feedstock=feedstock("numpy"), handle="ada")
    feedstock("scipy")
    assert names(Feedstock.objects.maintained_by("Ada")) == ["numpy"]


def test_outcomes_are_counted(feedstock):
    feedstock("a")
    feedstock("b")
    change(feedstock("c"), outcome_code="recipe.empty")
    assert Feedstock.objects.outcome_counts() == [("ok", 2), ("recipe.empty", 1)]
    assert names(Feedstock.objects.unreadable()) == ["c"]


def test_a_feedstock_by_name_or_key(feedstock):
    row = feedstock("numpy")
    assert Feedstock.objects.by_name("numpy") == row
    assert Feedstock.objects.by_name("main/numpy") == row


def test_a_name_that_two_channels_have_is_ambiguous(feedstock):
    feedstock("numpy")
    feedstock("numpy", of=Channel.objects.create(name="other", kind="dir", spec="dir:/x"))
    with pytest.raises(AmbiguousName) as ambiguous:
        Feedstock.objects.by_name("numpy")
    assert ambiguous.value.keys == ["main/numpy", "other/numpy"]


def test_an_unknown_name(feedstock):
    with pytest.raises(Feedstock.DoesNotExist):
        Feedstock.objects.by_name("nothing")
