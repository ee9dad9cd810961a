"""The comparison as a page, and as the files that it offers."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.utils import timezone

from core import measurements
from core.models import Measurement
from graph.comparison import comparing
from graph.models import Channel
from tests.factories import make_channel
from tests.hostile import QUOTED, SCRIPT

URL = "/comparison/"


@pytest.fixture
def rows(beside):
    beside("agreed")
    beside("ahead", theirs="1.9", dependents_count=3)
    beside("behind", theirs="2.1", new_version_source="github", dependents_count=9)
    beside("broken", error="Upstream: Error")
    beside("stuck", "2.0", "1.9", update_error="No hash was found.")
    comparing.compare_all()


def lines(client, **query) -> list[str]:
    text = b"".join(client.get("/comparison.csv", query)).decode()
    return [row["name"] for row in csv.DictReader(StringIO(text))]


def test_what_differs_comes_first_by_impact(rows, page, words):
    text = words(page(URL))
    assert "Different 4 All 5 Same 1 Ours newer 2 Theirs newer 1 Failing there 1" in text
    assert "agreed" not in text
    assert text.index("behind") < text.index("ahead") < text.index("broken")
    assert "github does not list 2.1." in text
    assert "Their update: No hash was found." in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["behind", "ahead", "broken", "stuck"]),
        ({"kind": "all"}, ["behind", "ahead", "agreed", "broken", "stuck"]),
        ({"kind": "same"}, ["agreed"]),
        ({"kind": "ours_newer"}, ["ahead", "stuck"]),
        ({"kind": "nonsense"}, ["behind", "ahead", "broken", "stuck"]),
        ({"rule": "their_error"}, ["broken"]),
        ({"source": "github"}, ["behind"]),
        ({"q": "ea"}, ["ahead"]),
        ({"q": "\0ea"}, ["ahead"]),
        ({"channel": "elsewhere"}, []),
        ({"maintainer": "nobody"}, []),
    ],
)
def test_files_hold_exactly_what_is_filtered(rows, client, page, query, names):
    text = page(URL, **query)
    assert lines(client, **query) == names
    found = json.loads(b"".join(client.get("/comparison.json", query)))
    assert [row["name"] for row in found] == names
    assert all(f"/packages/forge/{name}/" in text for name in names)


def test_a_document_says_all_there_is(rows, client):
    (row,) = json.loads(b"".join(client.get("/comparison.json", {"q": "stuck"})))
    assert {name: value for name, value in row.items() if not name.endswith(("_at", "_since"))} == {
        "key": "forge/stuck",
        "name": "stuck",
        "channel": "forge",
        "kind": "ours_newer",
        "recipe_version": "1.0",
        "our_version": "2.0",
        "our_source": "pypi",
        "our_outcome": "ok",
        "their_version": "1.9",
        "their_error": "",
        "their_update_error": "No hash was found.",
        "lead_s": None,
        "rule": "they_are_behind",
        "reason": row["reason"],
    }
    assert row["kind_since"].endswith("Z")


def test_feedstocks_of_a_maintainer(rows, client, beside):
    answer = beside("mine", theirs="1.0")
    answer.feedstock.maintainers.create(handle="mia")
    comparing.compare_all()
    assert lines(client, maintainer="Mia") == ["mine"]


def test_hostile_answers_stay_text(beside, page, client):
    beside("evil", theirs=SCRIPT, update_error=QUOTED)
    beside("formula", theirs="1.0", update_error="=cmd()")
    beside("error", error=SCRIPT)
    comparing.compare_all()
    text = page(URL)
    assert "<script>alert" not in text
    assert "<img" not in text.partition("<main")[2].partition("</main>")[0]
    assert "'=cmd()" in b"".join(client.get("/comparison.csv")).decode()


def test_over_time(rows, page, words):
    for minutes in (20, 10):
        taken_at = timezone.now() - timedelta(minutes=minutes)
        Measurement.objects.create(taken_at=taken_at, figures=measurements.now_told())
    text = words(page(URL))
    assert "Where the bots differ" in text
    assert "Table of" not in text
    assert "ours newer 2" in text


def test_without_another_bot_no_figures_are_told(db):
    assert not [name for name in measurements.now_told() if name.startswith("graph.compared")]


def test_without_another_bot_it_says_how_to_have_one(page, words):
    assert "track cf-graph:PATH" in words(page(URL))


def test_where_all_is_the_same(beside, page, words):
    beside()
    comparing.compare_all()
    assert "Nothing differs" in words(page(URL))


def test_the_overview_leads_there(page, beside):
    beside()
    make_channel("other")
    Channel.objects.update(last_read_at=timezone.now())
    assert page("/").count(f'href="{URL}?channel=forge"') == 1


def test_it_asks_the_database_as_much_for_many_rows(rows, client, django_assert_max_num_queries):
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL, {"kind": "all"})
