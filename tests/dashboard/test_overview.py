from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from graph.models import Status
from tests.factories import (
    make_answered,
    make_change,
    make_channel,
    make_feedstock,
    make_graph_build,
    make_heartbeat,
    make_job,
    make_outdated,
    make_sweep,
)


def test_it_counts_each_status(page, words):
    make_outdated("numpy")
    make_feedstock("scipy")
    make_feedstock("pandas", status=Status.FAILING)
    make_feedstock("gone", status=Status.FAILING, gone_at=timezone.now())

    said = words(page("/"))

    assert "1 of 3 packages is outdated" in said
    assert "Up to date 1 33.3 %" in said
    assert "Failing 1 33.3 %" in said
    assert "Unknown 0 0.0 %" in said


def test_it_shows_the_most_impactful_outdated_first(page):
    make_outdated("leaf", dependents_count=1)
    make_outdated("hub", dependents_count=900, version="1.4", new_version="1.5")

    html = page("/")

    assert html.index("/packages/sample/hub/") < html.index("/packages/sample/leaf/")
    assert "1.4" in html
    assert "1.5" in html


def test_it_shows_what_changed_and_what_runs(page, words):
    package = make_answered("numpy")
    make_feedstock("numpy")
    make_change(package, "2.0", from_version="1.9")
    make_job("core.ping", "target", state="running", done=3, total=9, note="numpy")
    make_sweep(due=40, checked=10, failed=2)

    said = words(page("/"))

    assert "1.9 → 2.0" in said
    assert "3 of 9, numpy" in said
    assert "Asking upstream: 10 of 40 packages, 2 failed" in said


@pytest.mark.parametrize(
    ("make", "polls"),
    [
        (lambda: make_job(state="running"), True),
        (lambda: make_sweep(finished_at=None), True),
        (lambda: make_job(state="done"), False),
        (lambda: make_sweep(finished_at=timezone.now()), False),
    ],
)
def test_it_polls_only_while_something_runs(page, make, polls):
    make_feedstock()
    make()

    assert ("every 3s" in page("/")) is polls


def test_it_says_what_happens_when_nothing_is_there_yet(page, words):
    assert "No channel is tracked" in words(page("/"))
    make_job("graph.refresh", state="running")
    assert "The first feedstocks are being read" in words(page("/"))


def test_it_tells_a_channel_without_feedstocks(page, words):
    make_channel()
    assert "holds no feedstocks" in words(page("/"))


def test_it_tells_whether_the_bot_is_alive(page, words, monkeypatch):
    monkeypatch.setattr("botsite.health.STARTED_AT", timezone.now())
    assert "Bot is starting" in words(page("/"))
    monkeypatch.setattr("botsite.health.STARTED_AT", timezone.now() - timedelta(hours=3))
    assert "No schedule has run yet" in words(page("/"))
    heartbeat = make_heartbeat(age_s=30)
    assert "Bot alive" in words(page("/"))
    heartbeat.started_at -= timedelta(hours=2)
    heartbeat.save(update_fields=["started_at"])
    assert "No sign of the bot since 2 h ago" in words(page("/"))


def test_it_needs_few_queries(page, django_assert_max_num_queries):
    make_graph_build()
    make_sweep()
    for number in range(30):
        make_outdated(f"package-{number}")
        make_change(make_answered(f"package-{number}"))
        make_job("core.ping", str(number))

    with django_assert_max_num_queries(12):
        page("/")
