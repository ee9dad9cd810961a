"""Starting a world, and asking it about itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

from benchmarks.world.config import WorldConfig
from benchmarks.world.counts import Counts
from benchmarks.world.population import Project, population

ROOT = Path(__file__).resolve().parent.parent.parent
_SECONDS = 600.0


class World:
    """A world in a process of its own, for as long as the `with` block lasts. With `prepare`, its
    pages are made before anyone asks, so that it never keeps who measures waiting."""

    def __init__(self, config: WorldConfig, *, prepare: bool = False) -> None:
        self.config = config
        self._prepare = prepare
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def index_endpoint(self) -> str:
        return f"{self.url}/index/simple/"

    def environment(self) -> dict[str, str]:
        """What makes a Botsite that starts now live in this world."""
        return {
            "BOTSITE_MIRRORS": json.dumps({"*": f"{self.url}/{{host}}"}),
            "BOTSITE_PYPI_INDEX": self.index_endpoint,
            # Named by itself: a token is not sent to a mirror.
            "BOTSITE_GITHUB_API": f"{self.url}/api.github.com",
            "no_proxy": "127.0.0.1",
        }

    def projects(self) -> list[Project]:
        """The packages as they were at the beginning."""
        return list(population(self.config.seed, self.config.packages, self.config.crowd))

    def counts(self) -> Counts:
        return Counts.read(self._control("GET", "counts"))

    def truth(self) -> Mapping[str, Mapping[str, str]]:
        """By package: `version` (that a look-up should find, "" if the project is gone), `host` and
        `kind`."""
        truth: Mapping[str, Mapping[str, str]] = self._control("GET", "truth")
        return truth

    def advance(self, share: float) -> list[str]:
        """Let a share of all projects release something; returns their names."""
        names: list[str] = self._control("POST", f"advance?share={share}")
        return names

    def _control(self, method: str, what: str) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        try:
            connection.request(method, f"/-/{what}")
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def __enter__(self) -> Self:
        flags = ["--prepare"] if self._prepare else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.world", self.config.to_json(), *flags],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout  # noqa: S101 - it is a pipe
        self._port = int(self._process.stdout.readline() or 0)
        if not self._port:
            raise RuntimeError("the world did not begin")
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process:
            # A context manager of its own: it closes the pipes and waits.
            with self._process:
                self._process.terminate()
