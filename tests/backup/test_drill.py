"""The drill: a backup during a sweep, the site destroyed and restored, and the work goes on."""

from __future__ import annotations

import json
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django_q.models import OrmQ

from core.jobs.recover import recover
from core.jobs.run import run as run_job
from core.models import Job, Override
from tests.backup.conftest import run
from tests.cluster import wait_until
from tests.factories import make_user
from tests.index import JSON
from tests.loopback import Reply, Request
from tests.versions.watching import watched
from versions import decisions
from versions.models import Package, Sweep, VersionChange
from versions.planning import dispatch

pytestmark = pytest.mark.usefixtures("as_of_tests")
QUICK = [f"p{number}" for number in range(30)]
SLOW = [f"slow{number}" for number in range(3)]


@pytest.fixture
def world(index):
    """An index that answers for some packages only once it is let go."""
    for name in [*QUICK, *SLOW]:
        index.publish(name, ["1.0", "1.1"])
    go = Event()

    def late(request: Request) -> Reply:
        go.wait(60)
        name = request.path.split("/")[2]
        return 200, JSON, json.dumps(index.page(name, ["1.0", "1.1"]))

    for name in SLOW:
        index.server.route(f"/simple/{name}/", late)
    watched(*QUICK, *SLOW)
    yield index, go
    go.set()


class Worker(Thread):
    """Does a job as a worker does, with a database connection of its own."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job

    def run(self) -> None:
        try:
            run_job(self.job.pk)
        finally:
            connection.close()


def checked() -> int:
    return Package.objects.filter(latest_version="1.1").count()


def test_nothing_is_lost_but_what_came_after_the_backup(world, folder):
    index, go = world
    file, alice = folder / "site.backup", make_user()
    decisions.pin(Package.objects.get(name="p0"), "1.0", by=alice, reason="ABI")
    dispatch.feed()
    [job] = Job.objects.filter(kind=dispatch.CHECK_JOB)
    worker = Worker(job)
    worker.start()
    wait_until(lambda: checked() == len(QUICK) - 1, 60)
    held = Package.objects.exclude(lease_token="")
    assert {each.name for each in held} == set(SLOW)

    run("backup", file)

    go.set()
    worker.join(60)
    assert checked() == len(QUICK) - 1 + len(SLOW)
    decisions.pin(Package.objects.get(name="p1"), "1.0", by=alice, reason="after the backup")
    asked = {name: index.asked_for(name) for name in QUICK}
    call_command("flush", interactive=False, verbosity=0)
    assert not Package.objects.exists()

    done = run("restore", file)

    assert done["resumed"] == {**done["resumed"], "jobs": 1, "packages": len(SLOW)}
    assert checked() == len(QUICK) - 1
    assert [each.target for each in Override.objects.filter(kind="pin")] == ["test/p0"]
    assert Sweep.objects.open().count() == 1

    recover()
    assert OrmQ.objects.count() == 1
    Worker(job).run()
    dispatch.feed()

    assert checked() == len(QUICK) - 1 + len(SLOW)
    assert Sweep.objects.get().finished_at is not None
    assert VersionChange.objects.count() == len(QUICK) + len(SLOW)
    assert not Package.objects.exclude(lease_token="").exists()
    assert asked == {name: index.asked_for(name) for name in QUICK}
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
