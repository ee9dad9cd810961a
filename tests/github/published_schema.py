"""GitHub's published schema, from the npm package that carries it: fetched once into a cache, never
committed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

from botsite.settings import VAR_DIR

PACKAGE = "@octokit/graphql-schema"
MEMBER = "package/schema.graphql"
CACHE = VAR_DIR / "published-schema" / "schema.graphql"


def published_schema() -> str:
    """The text of the schema; skips the test where npm is absent or reaches no registry."""
    if not CACHE.exists():
        keep(CACHE, fetched(PACKAGE, MEMBER))
    return CACHE.read_text()


def keep(path: Path, content: bytes) -> None:
    """Write a file of the cache; tests of other processes never find half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


def fetched(package: str, member: str) -> bytes:
    """A file of an npm package; skips the test where it can't be had."""
    if (npm := shutil.which("npm")) is None:
        pytest.skip("npm, which fetches GitHub's schema, is not installed")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--ignore-scripts", package]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"npm could not fetch {package}: {type(error).__name__}")
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            stream = packed.extractfile(member)
            assert stream, f"{member} is no file"
            return stream.read()
