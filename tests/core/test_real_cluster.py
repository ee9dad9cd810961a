from __future__ import annotations

import pytest

from core.jobs import enqueue
from core.models import JobState
from tests.cluster import running_cluster, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.cluster]


def test_a_qcluster_executes_a_job():
    job = enqueue("core.ping")

    def done() -> bool:
        job.refresh_from_db()
        return job.state == JobState.DONE

    with running_cluster():
        wait_until(done)
    assert job.result == {"attempts": 1}
