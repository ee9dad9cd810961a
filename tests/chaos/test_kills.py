"""A small chaos: random kills under a sweep, from the same command that does it at full size."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest

from benchmarks.sweeps.processes import ROOT, kill_group

SMALL = ("--chaos-packages=150", "--lease=4", "--pause=0", "--latency=0.02", "--chaos-seconds=60")

pytestmark = pytest.mark.cluster


def chaos(*options: str) -> str:
    """What it printed; nothing of it is left running."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sweeps", "chaos", *SMALL, *options],
        cwd=ROOT,
        env={**os.environ, "BENCHMARK_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=110)[0]
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        kill_group(process.pid)


def assert_survived(printed: str) -> None:
    assert "2 of 2 kills" in printed
    assert "0 sweeps with something lost, twice or wrong" in printed, printed


def test_sweeps_under_a_supervisor_survive_kills():
    assert_survived(chaos("--chaos-on=sqlite", "--kills=2"))


@pytest.mark.services
def test_sweeps_on_two_hosts_survive_kills():
    assert_survived(chaos("--chaos-on=postgres", "--kills=2", "--seed=3"))
