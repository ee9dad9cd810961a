"""Two worker processes together ask a host no more than one may."""

from __future__ import annotations

import json
import time

import pytest

from core.models import HostState, Job
from tests.cluster import running_cluster, wait_until
from tests.index import FakeIndex
from tests.loopback import LoopbackServer
from tests.versions.watching import watched
from versions.models import Package
from versions.planning import dispatch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.cluster]

RATE = 10  # per second
PACKAGES = [f"package-{number}" for number in range(80)]


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(start <= each < start + 1 for each in moments) for start in moments)


def test_the_rate_holds_for_both(monkeypatch):
    monkeypatch.setattr(dispatch, "PER_SHIFT", 20)
    moments: list[float] = []

    def answer(request):
        moments.append(time.monotonic())
        page = index.page(request.path.split("/")[2], ["1.0", "1.1"])
        return 200, {"Content-Type": "application/vnd.pypi.simple.v1+json"}, json.dumps(page)

    with LoopbackServer(latency=0.05) as server:
        index = FakeIndex(server)
        server.route("/simple/*", answer)
        environment = {
            "BOTSITE_NET_WORKERS": "2",
            "BOTSITE_PYPI_INDEX": index.endpoint,
            "BOTSITE_HOST_LIMITS": json.dumps({server.url: {"in_flight": 8, "rate": RATE}}),
            "no_proxy": "127.0.0.1",
        }
        watched(*PACKAGES)
        with running_cluster("net", environment):
            dispatch.feed()
            wait_until(lambda: Package.objects.filter(checks=1).count() == len(PACKAGES), 60)

    assert Package.objects.filter(outcome_code="ok").count() == len(PACKAGES)
    assert Job.objects.values("worker").distinct().count() == 2
    assert len(moments) == len(PACKAGES)
    assert most_in_a_second(moments) <= RATE * 1.25  # they are seen a little late, or in time
    assert len(HostState.objects.get().holders) == 2
