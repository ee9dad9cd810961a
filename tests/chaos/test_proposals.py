"""Workers are killed while they open pull requests, by the command that does it at full size."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest

from benchmarks.sweeps.processes import ROOT, kill_group

SMALL = ("--feedstocks=12", "--kills=2", "--lease=3", "--tick=1", "--seconds=80")
BUDGET = ("--per-minute=240", "--per-hour=2400")

pytestmark = pytest.mark.cluster


def test_no_pull_request_is_lost_or_opened_twice():
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.proposals", *SMALL, *BUDGET],
        cwd=ROOT,
        env={**os.environ, "BENCHMARK_DATABASE_URL": "", "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed = process.communicate(timeout=110)[0]
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        kill_group(process.pid)
    assert process.returncode == 0, printed
    assert "12 pull requests opened" in printed
    assert "2 of 2 kills" in printed
    assert "BROKEN" not in printed
