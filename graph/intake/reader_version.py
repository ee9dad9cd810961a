"""Which reader read a recipe: a digest of the reader's own source and of the libraries under it.

So nobody has to remember to count a number up: a reader that may read differently reads again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from graph import recipes

LIBRARIES = ("jinja2", "py-rattler-build", "pyyaml")


@cache
def reader_version() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(recipes.__file__).parent.glob("**/*.py")):
        digest.update(file.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()[:16]
