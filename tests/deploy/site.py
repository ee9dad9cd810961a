"""A site of separate processes, each with an environment of its own, as its units start them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cluster import ROOT, wait_until

OURS = ("BOTSITE_", "DATABASE_", "REDIS_", "Q_CLUSTER", "DJANGO_")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """Commands of one installation, on one host; ended in reverse order of their start."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.port = free_port()
        plain = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        self.environment: Mapping[str, str] = {
            **plain,
            "HOME": str(var),
            "BOTSITE_VAR_DIR": str(var),
            "BOTSITE_BIND": f"127.0.0.1:{self.port}",
            "BOTSITE_ALLOWED_HOSTS": "bot.example.org,127.0.0.1",
            **environment,
        }
        self.log = var / "log"
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        done = self.run("prepare")
        assert done.returncode == 0, done.stderr
        process = self.start("serve")
        wait_until(lambda: self.answers(process), seconds=60)
        return process

    def answers(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log.read_text()
        try:
            return self.get("/livez")[0] == 200
        except OSError:
            return False

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text; names of headers are written with underscores."""
        return get(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20), path, headers)

    def shell(self, code: str) -> str:
        done = self.run("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def close(self) -> None:
        for process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(40)


def get(
    connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]
) -> tuple[int, http.client.HTTPMessage, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("GET", path, headers={"Host": "bot.example.org", **named})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()
