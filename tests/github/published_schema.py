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
        text = _fetched()
        CACHE.parent.mkdir(parents=True, exist_ok=True)
        # Tests of other processes must not find half of it.
        part = CACHE.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.replace(CACHE)
    return CACHE.read_text()


def _fetched() -> str:
    if (npm := shutil.which("npm")) is None:
        pytest.skip("npm, which fetches GitHub's schema, is not installed")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "--ignore-scripts", PACKAGE]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"npm could not fetch {PACKAGE}: {type(error).__name__}")
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            stream = packed.extractfile(MEMBER)
            assert stream, f"{MEMBER} is no file"
            return stream.read().decode()
