from __future__ import annotations

import os
import socket

import pytest
from django.core.management import get_commands

from core import hearsay
from core.jobs import crews
from tests.cluster import running_cluster, wait_until


def test_who_reports_is_present_until_it_leaves():
    with crews.enlisted("net") as report:
        report()
        [crew] = crews.present()
        assert (crew.role, crew.host, crew.pid) == ("net", socket.gethostname(), os.getpid())
    assert crews.present() == []


def test_many_are_told_apart():
    for role in ("web", "net", "default"):
        crews.report(crews.me(role))
    assert [crew.role for crew in crews.present()] == ["default", "net", "web"]


def test_who_is_silent_is_gone(time_machine):
    time_machine.move_to("2026-05-01 12:00")
    crews.report(crews.me("net"))
    time_machine.shift(crews.SILENCE + 1)
    assert crews.present() == []


def test_names_of_those_that_are_gone_are_forgotten(time_machine):
    time_machine.move_to("2026-05-01 12:00")
    crews.report(crews.me("net"))
    time_machine.shift(crews.SILENCE + 1)
    crews.report(crews.me("web"))
    assert hearsay.recall("crews") == [crews.me("web").name]


def test_what_a_newer_version_tells_is_understood():
    told = {"role": "net", "host": "a", "pid": 1, "version": "9", "schema": "x", "mood": "good"}
    assert crews.Crew.from_dict(told).version == "9"


@pytest.mark.cluster
@pytest.mark.django_db(transaction=True)
def test_a_cluster_tells_of_itself():
    with running_cluster("net") as process:
        wait_until(lambda: any(crew.pid == process.pid for crew in crews.present()))
    assert all(crew.pid != process.pid for crew in crews.present())


def test_the_command_that_runs_a_cluster_is_ours():
    """That of django-q2 would finish each job before it ends, however long that takes."""
    assert get_commands()["qcluster"] == "core"
