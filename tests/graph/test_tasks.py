"""Jobs and schedules of the graph."""

from __future__ import annotations

import pytest

from core.jobs import enqueue, run, schedules
from core.models import Job, JobState
from graph import tasks
from graph.models import Channel, Feedstock, GraphBuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(tmp_path):
    (tmp_path / "zlib").mkdir()
    (tmp_path / "zlib/meta.yaml").write_text("package:\n  name: zlib\n  version: '1.3'\n")
    return Channel.objects.create(name="ours", kind="dir", spec=f"dir:{tmp_path}")


def do(kind, target=""):
    job = enqueue(kind, target)
    run.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_refresh_reads_and_asks_for_a_graph(channel):
    job = do("graph.refresh", "ours")
    assert job.state == JobState.DONE
    assert job.result == {
        "channel": "ours",
        "found": 1,
        "new": 1,
        "gone": 0,
        "read": 1,
        "failed": 0,
    }
    assert Feedstock.objects.get().version == "1.3"
    assert Job.objects.live().get().kind == "graph.update"


def test_a_refresh_that_changed_nothing_asks_for_nothing(channel):
    do("graph.refresh", "ours")
    do("graph.update")
    do("graph.refresh", "ours")
    assert not Job.objects.live().exists()


def test_a_refresh_of_an_unknown_channel_fails(channel):
    job = do("graph.refresh", "theirs")
    assert job.state == JobState.FAILED
    assert job.outcome["code"] == "graph.no_such_channel"


def test_a_build_reports_its_counts(channel):
    do("graph.refresh", "ours")
    job = do("graph.build")
    assert job.result["feedstocks"] == 1
    assert GraphBuild.objects.finished().count() == 1


def test_all_channels_are_refreshed_on_schedule(channel):
    tasks.refresh_all()
    assert list(Job.objects.values_list("kind", "target")) == [("graph.refresh", "ours")]


def test_schedules_are_declared():
    ours = {each.name: each.minutes for each in schedules.declared() if "graph" in each.name}
    assert ours == {
        "graph.build": 5,
        "graph.compare": 5,
        "graph.read_back": 1,
        "graph.refresh": 15,
        "graph.tidy": 1440,
    }
