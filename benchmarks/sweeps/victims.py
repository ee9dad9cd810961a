"""What can be killed, and who starts it again: a service manager, played here, or `up` itself."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from benchmarks.sweeps.processes import ROOT, descendants, kill_group, stop
from benchmarks.sweeps.services import Postgres, Redis, free_port
from benchmarks.sweeps.site import start_cluster

LOG = ROOT / "var" / "chaos.log"  # what those complain of that others were killed under
RESTART_SECONDS = 2.0  # as a service manager would take
_QUEUES = ("net", "default")
_HOSTS = ("one", "two")


class TwoHosts:
    """Clusters on two hosts, each with a folder of its own; PostgreSQL and Redis between them."""

    kinds = ("worker", "cluster", "redis", "database")

    def __init__(self, directory: Path, draw: random.Random) -> None:
        self._directory = directory
        self._draw = draw
        self._clusters: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        self.database = Postgres(directory)
        self.redis = Redis(directory)
        self.database.start()
        self.redis.start()
        self.environment = {"DATABASE_URL": self.database.url, "REDIS_URL": self.redis.url}

    def __enter__(self) -> Self:
        for host in _HOSTS:
            for queue in _QUEUES:
                self._start(host, queue)
        return self

    def __exit__(self, *_exc: object) -> None:
        for cluster in self._clusters.values():
            stop(cluster)
        self.close()

    def close(self) -> None:
        self.redis.end()
        self.database.stop_at_once()

    def kill(self, kind: str) -> str:
        """Kill one of these, and have it started again where nobody else does; says which."""
        if kind == "redis":
            self.redis.end()
            time.sleep(RESTART_SECONDS)
            self.redis.start()
            return "redis, which came back empty"
        if kind == "database":
            self.database.stop_at_once()
            time.sleep(RESTART_SECONDS)
            self.database.start()
            return "the database"
        host = self._draw.choice(_HOSTS)
        net = self._clusters[host, "net"]
        if kind == "worker":
            return f"{kill_worker([net.pid], self._draw)} on host {host}"
        kill_group(net.pid)
        net.wait()
        time.sleep(RESTART_SECONDS)
        self._start(host, "net")
        return f"the cluster of host {host}"

    def _start(self, host: str, queue: str) -> None:
        folder = self._directory / f"host-{host}"
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("ab") as log:
            environment = {"BOTSITE_VAR_DIR": str(folder)}
            self._clusters[host, queue] = start_cluster(queue, environment, log)


class OneMachine:
    """`manage.py up` on SQLite, without Redis."""

    kinds = ("worker", "cluster", "web", "supervisor")

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._up: subprocess.Popen[bytes] | None = None
        os.environ["BOTSITE_BIND"] = f"127.0.0.1:{free_port()}"

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._up:
            stop(self._up)

    def kill(self, kind: str) -> str:
        assert self._up  # noqa: S101 - it runs as long as the `with` block
        if kind == "supervisor":
            self._up.kill()
            self._up.wait()
            time.sleep(RESTART_SECONDS)
            self._start()
            return "the supervisor"
        children = {_role(pid): pid for pid in _children(self._up.pid)}
        if kind == "web":
            return _kill_named(children, "web")
        if kind == "worker":
            return kill_worker([children["net"]] if "net" in children else [], self._draw)
        return _kill_named(children, "net", whole=True)

    def _start(self) -> None:
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("ab") as log:
            self._up = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )


def _kill_named(children: dict[str, int], role: str, *, whole: bool = False) -> str:
    pid = children.get(role)
    if pid is None:
        return f"nothing, for {role} was just being started"
    if whole:
        kill_group(pid)
    else:
        os.kill(pid, signal.SIGKILL)
    return f"{role}, process {pid}{' and all that it leads' if whole else ''}"


def kill_worker(leaders: list[int], draw: random.Random, queue: str = "net") -> str:
    """One that is at work on a job, if there is one; else any process of the queue's clusters."""
    from core.models import Job

    rows = Job.objects.running().filter(queue=queue).values_list("worker", flat=True)
    at_work = {int(worker.rpartition(":")[2]) for worker in rows if worker}
    family = [pid for leader in leaders for pid in descendants(leader)]
    chosen = [pid for pid in family if pid in at_work] or family
    if not chosen:
        return "nothing, for the cluster was just being started"
    pid = draw.choice(chosen)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return f"process {pid}, {'at work' if pid in at_work else 'idle'},"


def _children(leader: int) -> list[int]:
    with suppress(OSError):
        text = Path(f"/proc/{leader}/task/{leader}/children").read_text()
        return [int(pid) for pid in text.split()]
    return []


def _role(pid: int) -> str:
    """web, the name of a queue, or empty for others such as the reaper."""
    with suppress(OSError):
        if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return "web"
        for line in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            if line.startswith(b"Q_CLUSTER_NAME="):
                return line.partition(b"=")[2].decode()
    return ""
