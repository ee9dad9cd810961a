"""Starting a forge, and asking what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Self

from benchmarks.sweeps.processes import ROOT

READ_TOKEN, WRITE_TOKEN, HOOK_SECRET = "may read", "may write", "may tell"


@dataclass(frozen=True, slots=True)
class Saw:
    """What the forge saw, times in seconds of its own clock.

    `changing` is when a request came that makes or changes something, `opened` and `merged` when
    that happened to each repository's pull requests; `forks` and `branches` are left in the end.
    """

    requests: Mapping[str, int]
    changing: list[float]
    opened: Mapping[str, list[float]]
    merged: Mapping[str, float]
    forks: int
    branches: int


class Forge:
    """The process, for as long as the `with` block lasts."""

    def __init__(self, feedstocks: int, seed: int, merge_after: float, hook_port: int) -> None:
        self._wanted = {
            "feedstocks": feedstocks,
            "seed": seed,
            "merge_after": merge_after,
            "hook_port": hook_port,
        }
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def saw(self) -> Saw:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            connection.request("GET", "/-/saw")
            return Saw(**json.loads(connection.getresponse().read()))

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.proposals.server", json.dumps(self._wanted)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout  # noqa: S101 - it is a pipe
        self._port = int(self._process.stdout.readline() or 0)
        if not self._port:
            raise RuntimeError("the forge did not begin")
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process:
            # A context manager of its own: it closes the pipes, which ends the process, and waits.
            with self._process:
                pass
