"""Which bot found a version first, where both were seen to find it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from botsite.comparison.firsts import Firsts, firsts
from graph.channels.bot_answers import Answer
from graph.comparison import comparing
from graph.comparison.taking_over import Held
from graph.models import TheirAnswer
from tests.factories import make_change
from versions.models import Package

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def found(beside):
    """A version that we found, and they `later`."""

    def make(name="numpy", later=HOUR, **columns):
        answer = beside(name, **columns)
        package = Package.objects.get(name=name)
        make_change(package, "2.0", from_version="1.0", seen_at=NOW)
        TheirAnswer.objects.filter(pk=answer.pk).update(version_since=NOW + later)

    return make


def lead() -> timedelta | None:
    comparing.compare_all()
    return TheirAnswer.objects.get().lead


@pytest.mark.parametrize("later", [HOUR, -HOUR])
def test_it_works(found, later):
    found(later=later)
    assert lead() == later
    assert comparing.compare_all() == 0


def test_only_of_the_same_version(found):
    found(theirs="1.9")
    assert lead() is None


def test_not_of_what_they_had_before_we_looked(found):
    found()
    TheirAnswer.objects.update(version_since=None)
    assert lead() is None


def test_not_of_what_we_knew_at_the_first_check(found):
    found()
    Package.objects.get().changes.update(from_version="")
    assert lead() is None


@pytest.mark.parametrize(
    ("before", "after", "since"),
    [
        (Answer("1.0"), Answer("2.0"), NOW),
        (Answer(), Answer("2.0"), NOW),
        (Answer("1.0", "down"), Answer("2.0"), NOW),
        (Answer("1.0", "down"), Answer("1.0"), NOW - HOUR),
        (Answer("", "down"), Answer("2.0"), None),
    ],
)
def test_since_when_they_have_a_version(before, after, since):
    assert Held(1, before, NOW - HOUR).since(after, NOW) == since


def test_all_together(found, page, words):
    found("a", HOUR)
    found("b", 3 * HOUR)
    found("c", -HOUR)
    found("d", theirs="1.9")
    comparing.compare_all()
    counted = firsts(TheirAnswer.objects.all())
    assert (counted.found, counted.ours, counted.theirs, counted.lead_s) == (3, 2, 1, 3600)
    text = words(page("/comparison/"))
    assert "find 3 We were first 2 They were first 1 Half of them sooner here by 1 h 0 min" in text


def test_where_they_are_sooner(found, page, words):
    found(later=-HOUR)
    comparing.compare_all()
    assert "Half of them sooner there by 1 h 0 min" in words(page("/comparison/"))


def test_nothing_is_known_at_first():
    assert firsts(TheirAnswer.objects.all()) == Firsts(0, 0, 0, None, None)
