"""`prepare`, `serve` and `work`: what `up` does, as processes of their own, the very commands that
containers run."""

from __future__ import annotations

import signal

import pytest
from django.conf import settings

from tests.cluster import wait_until
from tests.deploy.test_containers import OURS

pytestmark = pytest.mark.cluster

COMMANDS = [each["command"] for each in OURS.values()]


@pytest.mark.timeout(240)
def test_they_are_a_site_together(new_site):
    assert ["prepare"] in COMMANDS
    assert ["serve"] in COMMANDS
    site = new_site()
    web = site.serve()
    workers = [site.start(*command) for command in COMMANDS if command[0] == "work"]

    number = site.shell("from core.jobs import enqueue; print(enqueue('core.ping').pk)")
    state = f"from core.models import Job; print(Job.objects.get(pk={number}).state)"
    wait_until(lambda: site.shell(state) == "done", seconds=60)
    status, _, page = site.get("/")
    assert (status, "Botsite" in page) == (200, True)

    for process in (web, *workers):
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0, site.log.read_text()


@pytest.mark.parametrize("command", ["serve", "work"])
def test_nothing_runs_on_a_database_of_another_version(new_site, command):
    done = new_site().run(command)
    assert done.returncode == 1
    assert "migrations are missing" in done.stderr
    assert "manage.py prepare" in done.stderr


def test_a_database_that_is_away_is_named(new_site):
    site = new_site(DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    done = site.run("work")
    assert done.returncode == 1
    assert "The database can't be reached" in done.stderr
    assert "DATABASE_URL" in done.stderr


def test_a_queue_that_does_not_exist_is_bad_usage(new_site):
    done = new_site().run("work", "netz")
    assert done.returncode == 2
    assert f"There is no queue netz; there are {', '.join(settings.WORKERS)}." in done.stderr


def test_preparing_twice_does_nothing_twice(new_site):
    site = new_site()
    first, second = site.run("prepare"), site.run("prepare")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "; 0 migrations were applied" not in first.stdout
    assert "; 0 migrations were applied" in second.stdout
