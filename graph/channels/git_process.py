"""Running git as a guest: no configuration but ours, no hook, no prompt, and an end to everything.

What a repository can make git do without these: run hooks and filters, fetch submodules over any
transport (`ext::` runs a command), ask for a password on a terminal, fill memory and disk.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, cast

CONFIG: Mapping[str, str] = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.logAllRefUpdates": "false",
    "core.bigFileThreshold": "16m",
    "credential.helper": "",
    "fetch.recurseSubmodules": "false",
    "submodule.recurse": "false",
    # Always a pack: loose objects would hide from whoever watches the pack's size.
    "fetch.unpackLimit": "1",
    # What git tidies up it does before it ends, and drops what is no longer reachable.
    "gc.autoDetach": "false",
    "maintenance.autoDetach": "false",
    "gc.pruneExpire": "now",
    "http.lowSpeedLimit": "100",
    "http.lowSpeedTime": "30",
}
ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
}
TICK = 0.5  # seconds between two looks at the clock and at sizes
KEPT = 1 << 16  # bytes of what git prints

Take = Callable[[bytes], object]


class GitFailed(Exception):
    """git ended with an error; `said` is the end of what it printed about it."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Git:
    """git in one repository, whose own files are apart from its working tree.

    `secret` is configuration that no argument may show: it goes through the environment.
    """

    def __init__(self, git_dir: Path, tree: Path, *, protocols: str, secret: Mapping[str, str]):
        self._tree = tree
        self._environment = {
            **ENVIRONMENT,
            **_as_environment({**CONFIG, **secret}),
            "PATH": os.pathsep.join(os.get_exec_path()),
            # Neither a .netrc nor a key of the account is found by git itself.
            "HOME": str(git_dir),
            "GIT_DIR": str(git_dir),
            "GIT_WORK_TREE": str(tree),
            "GIT_ALLOW_PROTOCOL": protocols,
        }

    def run(
        self,
        *arguments: str,
        until: float,
        take: Take | None = None,
        watch: Callable[[], object] = lambda: None,
    ) -> str:
        """What git prints, or nothing if `take` gets it piece by piece.

        `until` is a time of `time.monotonic()`; `watch` is called now and then, and what it or
        `take` raises ends git. Raises GitFailed, TimeoutError, and OSError if git can't be started.
        """
        printed, said = bytearray(), bytearray()
        with subprocess.Popen(  # noqa: S603 - arguments are ours, or follow a `--`
            ["git", *arguments],  # noqa: S607 - the operator's PATH decides which git
            cwd=self._tree,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                _drain(process, take or _first(printed), _last(said), until, watch)
            except BaseException:
                # git and its helpers; the number is theirs as long as git isn't waited for.
                os.killpg(process.pid, signal.SIGKILL)
                raise
        if process.returncode:
            raise GitFailed(said.decode(errors="replace").strip())
        return printed.decode(errors="replace").strip()


def _as_environment(config: Mapping[str, str]) -> dict[str, str]:
    pairs = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (key, value) in enumerate(config.items()):
        pairs |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return pairs


def _first(kept: bytearray) -> Take:
    return lambda piece: kept.extend(piece[: KEPT - len(kept)])


def _last(kept: bytearray) -> Take:
    def take(piece: bytes) -> None:
        kept.extend(piece)
        del kept[:-KEPT]

    return take


def _drain(
    process: subprocess.Popen[bytes],
    take: Take,
    take_error: Take,
    until: float,
    watch: Callable[[], object],
) -> None:
    """Read all that git prints, to the end."""
    with selectors.DefaultSelector() as selector:
        for stream, taker in ((process.stdout, take), (process.stderr, take_error)):
            selector.register(cast(IO[bytes], stream), selectors.EVENT_READ, taker)
        while selector.get_map():
            if time.monotonic() >= until:
                raise TimeoutError
            for key, _ in selector.select(TICK):
                piece = os.read(key.fd, KEPT)
                key.data(piece)
                if not piece:
                    selector.unregister(key.fileobj)
            watch()
