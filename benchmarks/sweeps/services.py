"""PostgreSQL and Redis on free ports, in a scratch folder, to be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_START_SECONDS = 60.0
_NOBODY = "nobody"  # PostgreSQL refuses to run as root


class Service:
    """A server process; `start()` comes back when it takes connections."""

    def __init__(self, command: list[str], port: int, *, user: str | None = None) -> None:
        self.port = port
        self._command = command
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _wait_for(lambda: _listens(self.port), self._process)

    def end(self, number: int = signal.SIGKILL) -> None:
        """By a signal to the leading process alone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(_START_SECONDS)


class Postgres(Service):
    def __init__(self, directory: Path) -> None:
        data = directory / "postgres"
        user = _NOBODY if os.geteuid() == 0 else None
        data.mkdir()
        if user:
            directory.chmod(0o755)
            shutil.chown(data, user)
        programs = _programs()
        subprocess.run(
            [str(programs / "initdb"), "-D", str(data), "-U", "botsite", "-A", "trust"],
            check=True,
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        port = free_port()
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *settings]
        super().__init__(command, port, user=user)
        self.url = f"postgres://botsite@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        super().start()
        _wait_for(self._answers, self._process)

    def stop_at_once(self) -> None:
        """What `pg_ctl stop -m immediate` does: no farewell, recovery at the next start."""
        self.end(signal.SIGQUIT)

    def _answers(self) -> bool:
        import psycopg

        with suppress(psycopg.Error), psycopg.connect(self.url, connect_timeout=2):
            return True
        return False


class Redis(Service):
    """It keeps nothing: whoever kills it finds it empty."""

    def __init__(self, directory: Path) -> None:
        port = free_port()
        program = shutil.which("redis-server") or "redis-server"
        keeps_nothing = ["--save", "", "--appendonly", "no", "--dir", str(directory)]
        super().__init__(
            [program, "--bind", "127.0.0.1", "--port", str(port), *keeps_nothing], port
        )
        self.url = f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _programs() -> Path:
    """Where Debian keeps those of the newest PostgreSQL, or wherever they are on the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return installed[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise FileNotFoundError("PostgreSQL's server is not installed")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes] | None) -> None:
    until = time.monotonic() + _START_SECONDS
    while not ready():
        if process is None or process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("a service did not start")
        time.sleep(0.1)
