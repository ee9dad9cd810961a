"""The title asks for a merge only where maintainers want that, and after the cooldown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pulls.making import automerge

NOW = timezone.now()
COOLDOWN = {"automerge": True, "version_updates": {"cooldown_days": 7}}


def wanted(zlib, settings, days=1.0):
    released = None if days is None else NOW - timedelta(days=days)
    return automerge.wanted(zlib, settings, released, NOW)


@pytest.mark.parametrize("setting", [True, "version"])
def test_maintainers_want_it(zlib, setting):
    assert wanted(zlib, {"automerge": setting})


@pytest.mark.parametrize("setting", [None, False, "migration", "yes", 1, [], {"version": True}])
def test_they_do_not(zlib, setting):
    assert not wanted(zlib, {"automerge": setting})


def test_nothing_is_said(zlib):
    assert not wanted(zlib, {})


def test_a_release_must_have_cooled_down(zlib):
    assert not wanted(zlib, COOLDOWN, days=6.9)
    assert wanted(zlib, COOLDOWN, days=7)


def test_a_release_of_an_unknown_date_has_not_cooled_down(zlib):
    assert not wanted(zlib, COOLDOWN, days=None)
    assert wanted(zlib, {"automerge": True}, days=None)


def test_where_nobody_merges_by_title_nothing_is_asked_for(zlib):
    zlib.channel.kind = "git"
    assert not wanted(zlib, {"automerge": True})


def test_settings_that_are_none_do_no_harm(zlib):
    assert wanted(zlib, {"automerge": True, "version_updates": [1]})
