"""What comes next for a proposal, as pages say it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pulls.models import PullRequest
from pulls.showing.prospects import prospect
from tests.factories import make_channel
from tests.pulls.rows import make_on_github, make_open, make_pull

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _is_on(settings):
    settings.PULLS, settings.GITHUB_WRITE_TOKEN = "open", "t"


@pytest.fixture
def zlib():
    return make_on_github()


def told(pull: PullRequest, **columns):
    now = timezone.now()
    PullRequest.objects.filter(pk=pull.pk).update(act_at=now + LATER, **columns)
    found = prospect(PullRequest.objects.listed().get(pk=pull.pk), now)
    return found.words, found.at == now + LATER


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "is looked at"),
        ({"published_at": None}, "is updated"),
        ({"state": "superseded"}, "is closed"),
        (
            {"state": "merged", "on_forge": "merged", "head_repository": "bot/zlib"},
            "its branch is deleted",
        ),
    ],
)
def test_one_that_was_opened(zlib, columns, words):
    assert told(make_open(zlib), **columns) == (words, True)


def test_one_that_was_not(zlib):
    assert told(make_pull(zlib)) == ("is opened", True)


def test_what_is_due_is_not_told_by_the_minute(zlib):
    found = prospect(make_pull(zlib), timezone.now())
    assert (found.words, found.at) == ("is opened within minutes", None)


def test_one_that_is_over_has_nothing_before_it(zlib):
    assert told(make_pull(zlib, state="superseded")) == ("", False)


def test_one_in_hand(zlib):
    until = timezone.now() + LATER
    assert told(make_pull(zlib), lease_until=until) == ("is in a worker's hands", False)


def test_one_that_failed_too_often(zlib):
    found = prospect(make_pull(zlib, act_at=None, tries=8), timezone.now())
    assert (found.words, found.needs_a_person) == ("needs a person", True)


def test_a_dry_run(settings, zlib):
    settings.PULLS = "dry-run"
    assert told(make_pull(zlib)) == ("stays here: a dry run", False)


def test_no_account_to_open_it_with(settings, zlib):
    settings.GITHUB_WRITE_TOKEN = ""
    assert told(make_pull(zlib)) == ("stays here: no account", False)


def test_a_folder_needs_no_account(settings, zlib):
    settings.GITHUB_WRITE_TOKEN = ""
    pull = make_pull(zlib)
    zlib.channel = make_channel("here", kind="dir", spec="dir:/recipes")
    zlib.save(update_fields=["channel"])
    assert told(pull) == ("is opened", True)
