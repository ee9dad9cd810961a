"""Git repositories for tests, made by the real git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.loopback import Reply, Request

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Repository:
    """One with a working tree, on its branch `main`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet", "--template=", "--initial-branch=main")

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def git(self, *arguments: str, given: str | None = None) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env=ENVIRONMENT,
            input=given,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def commit(self, texts: Mapping[str, str | None]) -> str:
        """Write files (None removes one), commit all that changed, and return the commit."""
        for path, text in texts.items():
            file = self.path / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Change")
        return self.git("rev-parse", "HEAD")

    def commit_bomb(self, levels: int) -> None:
        """A tree of ten trees of ten trees ..., with ten files each at the end."""
        inner = self.git("hash-object", "-w", "--stdin", given="boom\n")
        kind = "100644 blob"
        for _ in range(levels):
            listing = "".join(f"{kind} {inner}\td{number}\n" for number in range(10))
            inner = self.git("mktree", given=listing)
            kind = "040000 tree"
        commit = self.git("commit-tree", inner, "-m", "Bomb")
        self.git("update-ref", "refs/heads/main", commit)

    def answer_http(self, request: Request) -> Reply:
        """As `git http-backend` does, below the first part of the path."""
        path, _, query = request.path.partition("?")
        environment = {
            **ENVIRONMENT,
            "GIT_PROJECT_ROOT": str(self.path / ".git"),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": "/" + path.lstrip("/").partition("/")[2],
            "QUERY_STRING": query,
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        }
        answer = subprocess.run(
            ["git", "http-backend"],
            env=environment,
            input=request.body,
            capture_output=True,
            check=True,
        ).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return int(headers.pop("Status", "200").split()[0]), headers, body
