from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from botsite.doctor import clock


@pytest.mark.django_db
def test_the_clock_of_the_database(wrong):
    assert wrong(clock.of_database()) == {}


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has the clock of its host")
def test_a_database_elsewhere_whose_clock_is_ahead(wrong, monkeypatch):
    behind = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr(clock.timezone, "now", lambda: behind)
    assert "the database" in wrong(clock.of_database())["clock_differs"].outcome.message


def test_an_index_that_agrees(index, wrong):
    [finding] = clock.of_index()
    assert wrong([finding]) == {}
    assert "the package index agrees" in finding.outcome.message


def test_a_host_that_lives_in_the_past(index, wrong, monkeypatch):
    behind = timezone.now() - timedelta(minutes=5)
    monkeypatch.setattr(clock.timezone, "now", lambda: behind)
    assert "package index" in wrong(clock.of_index())["clock_differs"].outcome.message


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 99 Jan 2024 00:00:00 GMT"])
def test_a_date_that_is_none_is_passed_over(text):
    assert clock._date(text) is None


def test_an_index_that_is_gone_is_for_the_check_of_reach(index, wrong):
    def drop(request):
        raise ConnectionError

    index.server.route("/simple/", drop)
    assert list(clock.of_index()) == []
