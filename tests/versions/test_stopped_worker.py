"""A cluster that gets SIGTERM in the middle of a shift lets go of all, and the next one goes on."""

from __future__ import annotations

import signal

import pytest

from core.models import Job, JobState
from tests.cluster import running_cluster, wait_until
from tests.index import FakeIndex
from tests.loopback import LoopbackServer
from tests.versions.watching import watched
from versions.models import Package
from versions.planning import dispatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.cluster]

PACKAGES = [f"package-{number}" for number in range(60)]
# Nothing of what this test sees may come from a lease that ran out.
LEASE_SECONDS = "600"


@pytest.fixture
def environment():
    with LoopbackServer(latency=0.4) as server:
        index = FakeIndex(server)
        for name in PACKAGES:
            index.publish(name, ["1.0", "1.1"])
        yield {
            "BOTSITE_CHECK_LEASE_SECONDS": LEASE_SECONDS,
            "BOTSITE_JOB_LEASE_SECONDS": LEASE_SECONDS,
            "BOTSITE_CHECK_THREADS": "2",
            "BOTSITE_NET_WORKERS": "1",
            "BOTSITE_PYPI_INDEX": index.endpoint,
            "no_proxy": "127.0.0.1",
        }


def checked() -> int:
    return Package.objects.filter(checks__gt=0).count()


def test_no_lease_remains_and_the_next_start_goes_on_at_once(environment):
    watched(*PACKAGES)
    with running_cluster("net", environment) as cluster:
        dispatch.feed()
        wait_until(lambda: 0 < checked() < len(PACKAGES), seconds=30)
        cluster.send_signal(signal.SIGTERM)
        assert cluster.wait(30) == 0
    job = Job.objects.get(kind=dispatch.CHECK_JOB)

    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 0, None)
    assert 0 < checked() < len(PACKAGES)
    assert not Package.objects.exclude(lease_token="").exists()
    assert not Package.objects.exclude(lease_until=None).exists()
    assert set(Package.objects.filter(checks=0).values_list("attempts", flat=True)) == {0}

    with running_cluster("net", environment):
        wait_until(lambda: checked() == len(PACKAGES), seconds=60)
    assert set(Package.objects.values_list("checks", flat=True)) == {1}
