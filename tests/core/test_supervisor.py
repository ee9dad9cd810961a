"""The supervisor with children of its own, small and quick to start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from botsite.reaper import listed
from tests.cluster import ROOT, wait_until

SLEEPER = """
    import subprocess, sys, time
    worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print("pids", {name!r}, __import__("os").getpid(), worker.pid, flush=True)
    time.sleep(60)
"""

SUPERVISOR = """
    import sys
    from botsite.supervisor import Child, GaveUp, Supervisor
    say = lambda line: print(line, flush=True)
    children = [Child(name, [sys.executable, "-c", code]) for name, code in {children!r}]
    try:
        Supervisor(children, say).run()
    except GaveUp as error:
        say(f"gave up: {{error}}")
"""


class Family:
    """A supervisor in a process of its own, and what its children have said."""

    def __init__(self, children: list[tuple[str, str]], tmp_path) -> None:
        self.output = tmp_path / "output"
        code = textwrap.dedent(SUPERVISOR).format(children=children)
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code], cwd=ROOT, stdout=output, stderr=output
            )

    def pids(self) -> list[int]:
        lines = [line.split() for line in self.output.read_text().splitlines()]
        return [int(pid) for line in lines if line[:1] == ["pids"] for pid in line[2:]]


@pytest.fixture
def family(tmp_path):
    started = []

    def start(*names: str) -> Family:
        children = [(name, textwrap.dedent(SLEEPER).format(name=name)) for name in names]
        started.append(Family(children, tmp_path))
        wait_until(lambda: len(started[-1].pids()) == 2 * len(names))
        return started[-1]

    yield start
    for each in started:
        each.process.terminate()
        each.process.wait(20)


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if _running(pid)]


def _running(pid: int) -> bool:
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_process(family, number):
    one = family("web", "queue")
    one.process.send_signal(number)
    one.process.wait(10)
    assert alive(one.pids()) == []


def test_a_child_that_is_killed_comes_back_and_its_workers_go(family):
    one = family("web")
    child, worker = one.pids()
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: len(one.pids()) == 4)
    wait_until(lambda: not alive([child, worker]))
    assert len(alive(one.pids())) == 2


def test_when_the_supervisor_is_killed_nothing_is_left(family):
    one = family("web", "queue")
    one.process.kill()
    one.process.wait()
    started = time.monotonic()
    wait_until(lambda: not alive(one.pids()), seconds=5)
    assert time.monotonic() - started < 5


def test_a_reaper_that_is_killed_is_replaced(family):
    one = family("web")
    [reaper] = reapers(one.process.pid)
    os.kill(reaper, signal.SIGKILL)
    wait_until(lambda: reapers(one.process.pid) not in ([], [reaper]))
    one.process.kill()
    one.process.wait()
    wait_until(lambda: not alive(one.pids()), seconds=5)


def reapers(parent: int) -> list[int]:
    listing = subprocess.run(
        ["ps", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    ).stdout
    return [int(line.split()[0]) for line in listing.splitlines() if "botsite.reaper" in line]


def test_a_child_that_dies_at_once_again_and_again_is_given_up(tmp_path, monkeypatch):
    code = [("web", "raise SystemExit(3)")]
    quick = SUPERVISOR.replace("say =", "import botsite.supervisor as s; s.MOST_WAIT = 0; say =")
    monkeypatch.setitem(globals(), "SUPERVISOR", quick)
    one = Family(code, tmp_path)
    one.process.wait(30)
    said = one.output.read_text()
    assert "web ended with status 3; starting it again" in said
    assert "gave up: web ended 6 times in a row, the last time with status 3" in said


def test_the_reaper_forgets_groups_that_are_taken_away():
    assert listed(["+10\n", "+11\n", "-10\n"]) == {11}
