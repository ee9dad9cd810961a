"""A worker killed in the middle of a chunk loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal

import pytest

from core.jobs.recover import recover
from core.models import Job
from tests.cluster import running_cluster, wait_until
from tests.index import FakeIndex
from tests.loopback import LoopbackServer
from tests.versions.watching import watched
from versions.models import Package, VersionChange
from versions.planning import dispatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.cluster]

PACKAGES = [f"package-{number}" for number in range(40)]
LEASE_SECONDS = 4


@pytest.fixture
def slow_index():
    with LoopbackServer(latency=0.4) as server:
        index = FakeIndex(server)
        for name in PACKAGES:
            index.publish(name, ["1.0", "1.1"])
        yield index


def checked() -> int:
    return Package.objects.filter(checks__gt=0).count()


def kill_the_worker() -> None:
    job = Job.objects.running().get(kind=dispatch.CHECK_JOB)
    os.kill(int(job.worker.rpartition(":")[2]), signal.SIGKILL)


def test_each_package_is_recorded_exactly_once_after_the_lease_ends(slow_index, settings):
    settings.CHECK_LEASE_SECONDS = settings.JOB_LEASE_SECONDS = LEASE_SECONDS
    environment = {
        "BOTSITE_CHECK_LEASE_SECONDS": str(LEASE_SECONDS),
        "BOTSITE_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        "BOTSITE_CHECK_THREADS": "2",
        "BOTSITE_NET_WORKERS": "1",
        "BOTSITE_PYPI_INDEX": slow_index.endpoint,
        "no_proxy": "127.0.0.1",
    }
    watched(*PACKAGES)
    with running_cluster("net", environment):
        dispatch.feed()
        wait_until(lambda: 0 < checked() < len(PACKAGES), seconds=30)
        kill_the_worker()
        recorded_before = checked()

        def all_checked() -> bool:
            recover()
            dispatch.feed()
            return checked() == len(PACKAGES)

        wait_until(all_checked, seconds=60)

    assert 0 < recorded_before < len(PACKAGES)
    assert set(Package.objects.values_list("checks", flat=True)) == {1}
    assert VersionChange.objects.count() == len(PACKAGES)
    assert set(VersionChange.objects.values_list("sequence", "to_version")) == {(1, "1.1")}
    assert Job.objects.get(outcome__code="jobs.worker_lost").worker
    assert set(Package.objects.values_list("lease_token", flat=True)) == {""}
