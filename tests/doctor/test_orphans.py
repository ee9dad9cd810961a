from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from botsite.doctor import orphans
from core import overrides
from core.models import Job
from tests.factories import (
    make_channel,
    make_dependency,
    make_feedstock,
    make_graph_build,
    make_reading,
)
from tests.versions.watching import make_package
from versions.models import Package

pytestmark = pytest.mark.django_db


@pytest.fixture
def numpy():
    feedstock = make_feedstock("numpy")
    make_reading(feedstock)
    make_package("numpy")
    return feedstock


def test_it_works(wrong, numpy):
    assert wrong(orphans.look()) == {}


def test_references_that_the_database_should_have_refused(wrong, monkeypatch):
    def refuse() -> None:
        raise IntegrityError("The row in table 'graph_output' has an invalid foreign key")

    monkeypatch.setattr(orphans.connection, "check_constraints", refuse)
    assert "graph_output" in wrong(orphans.look())["broken_references"].outcome.message


def test_packages_of_a_channel_that_is_gone_are_watched_no_longer(wrong, numpy):
    make_package("left", channel="forgotten")
    finding = wrong(orphans.look())["watched_for_nobody"]
    assert "forgotten" in finding.outcome.message

    assert finding.mend() == "1 packages are watched no longer"

    assert wrong(orphans.look()) == {}
    assert Package.objects.watched().get().key == numpy.key


def test_what_the_command_watch_watches_needs_no_channel(wrong):
    make_package("mine", owner="file:mine")
    assert wrong(orphans.look()) == {}


def test_a_package_without_a_feedstock_is_watched_no_longer(wrong, numpy):
    make_package("left")
    finding = wrong(orphans.look())["watched_without_feedstock"]
    assert "sample/left" in finding.outcome.message

    finding.mend()

    assert "watched_without_feedstock" not in wrong(orphans.look())


def test_edges_of_what_is_gone_have_the_graph_built(wrong, numpy):
    make_channel("other")
    gone = make_feedstock("gone", "other", gone_at=timezone.now() - timedelta(days=2))
    make_dependency(gone, numpy)
    make_graph_build(finished_at=timezone.now())

    finding = wrong(orphans.look())["edges_of_gone"]

    finding.mend()
    assert Job.objects.get().kind == "graph.build"


def test_edges_of_what_is_gone_since_are_left_to_the_next_build(wrong, numpy):
    make_graph_build(started_at=timezone.now() - timedelta(hours=1), finished_at=timezone.now())
    gone = make_feedstock("gone", gone_at=timezone.now())
    make_dependency(gone, numpy)
    assert wrong(orphans.look()) == {}


def test_decisions_on_packages_that_are_gone_are_noted(wrong, numpy):
    overrides.decide("pin", "sample/gone", by=None, value={"version": "1.0"})
    overrides.decide("pin", numpy.key, by=None, value={"version": "1.0"})
    overrides.decide("pause", "schedule:core.tidy", by=None)
    finding = wrong(orphans.look())["decisions_on_nothing"]
    assert (finding.level, finding.mend) == ("note", None)
    assert "1 decisions" in finding.outcome.message
    assert "sample/gone" in finding.outcome.message
