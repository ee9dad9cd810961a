"""`manage.py up` as users run it: real processes, a real queue, and kill -9 of each of them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import ROOT, wait_until
from tests.index import FakeIndex
from tests.loopback import LoopbackServer

pytestmark = pytest.mark.cluster

NEWEST = {"numpy": "2.99.0", "pandas": "3.99.0", "six": "1.99.0"}


class Site:
    """A running `up` with a folder, a port and an index of its own."""

    def __init__(self, var: Path, index: FakeIndex) -> None:
        self.var = var
        self.url = f"http://127.0.0.1:{free_port()}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DATABASE", "REDIS"))},
            "BOTSITE_VAR_DIR": str(var),
            "BOTSITE_BIND": self.url.removeprefix("http://"),
            "BOTSITE_PYPI_INDEX": index.endpoint,
            "BOTSITE_MIRRORS": json.dumps({"*": index.server.url + "/hosts/{host}"}),
            "BOTSITE_JOB_LEASE_SECONDS": "10",
            "no_proxy": "127.0.0.1",
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.var / "log").read_text()

    def start(self) -> None:
        with (self.var / "log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self.answers, seconds=60)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def answers(self) -> bool:
        try:
            return bool(self.get("/livez"))
        except OSError:
            return False

    def shell(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def children(self) -> dict[str, int]:
        """Name and process id of each child of the supervisor."""
        assert self.process
        names = {}
        for pid, command in processes(parent=self.process.pid):
            if "gunicorn" in command:
                names["web"] = pid
            elif "reaper" in command:
                names["reaper"] = pid
            elif queue := variable(pid, "Q_CLUSTER_NAME"):
                names[queue] = pid
        return names

    def all_processes(self) -> list[int]:
        """Every process that runs with this site's folder."""
        folders = [path.name for path in Path("/proc").iterdir() if path.name.isdigit()]
        return [
            pid for pid in map(int, folders) if variable(pid, "BOTSITE_VAR_DIR") == str(self.var)
        ]

    def ping(self) -> None:
        """A job that is queued now is done by a worker."""
        number = self.shell("from core.jobs import enqueue; print(enqueue('core.ping').pk)")
        done = f"from core.models import Job; print(Job.objects.get(pk={number}).state)"
        wait_until(lambda: self.shell(done) == "done", seconds=60)


def variable(pid: int, name: str) -> str:
    """A variable of a process's environment; nothing if it has ended, or ends this moment."""
    try:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return ""
        lines = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    except OSError:
        return ""
    return next((line.partition("=")[2] for line in lines if line.startswith(f"{name}=")), "")


def processes(*, parent: int) -> list[tuple[int, str]]:
    listing = subprocess.run(
        ["ps", "--ppid", str(parent), "-o", "pid=,args="], capture_output=True, text=True
    ).stdout
    return [(int(line.split()[0]), line) for line in listing.splitlines()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with LoopbackServer() as server:
        index = FakeIndex(server)
        for name, newest in NEWEST.items():
            index.publish(name, ["1.0", newest])
        site = Site(tmp_path, index)
        try:
            yield site
        finally:
            if site.process:
                site.process.terminate()
                site.process.wait(40)


@pytest.mark.timeout(240)
def test_it_works_and_survives_kill_9(site):
    site.start()
    assert "Admin login, shown only now:  admin" in site.log

    # The first start shows every sample feedstock, looked up by workers.
    feedstocks = "from graph.models import Feedstock; print(Feedstock.objects.count())"
    judged = (
        "from graph.models import Feedstock;"
        "print(Feedstock.objects.filter(new_version__endswith='.99.0').count())"
    )
    wait_until(lambda: site.shell(judged) == "3", seconds=60)
    assert int(site.shell(feedstocks)) >= 55
    assert "2.99.0" in site.get("/")

    # Each child is replaced when it is killed, and work goes on.
    for name, pid in site.children().items():
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda n=name, p=pid: site.children().get(n, p) != p, seconds=20)
    wait_until(site.answers)
    site.ping()

    # Nothing is left of it when the supervisor is killed, and the next start resumes.
    site.process.kill()
    site.process.wait()
    killed = time.monotonic()
    wait_until(lambda: not site.all_processes(), seconds=10)
    assert time.monotonic() - killed < 5
    site.start()
    assert site.log.count("Admin login") == 1
    assert site.shell(judged) == "3"
    site.ping()

    # Ctrl-C ends it all.
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(30) == 0
    assert site.all_processes() == []
