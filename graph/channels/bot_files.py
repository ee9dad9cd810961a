"""Files of a checkout of the data repository of conda-forge's bot: strangers' JSON, read bounded.

Each feedstock has one file in each folder: `FOLDER/h/h/h/h/h/NAME.json`, where the five `h` are the
first hexadecimal digits of the SHA-1 of the file's name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,189}")


class BadFile(Exception):
    """A file of the checkout can't be used; the message says why."""


def path_of(folder: str, name: str) -> str:
    """Where the file of a feedstock is, below the checkout."""
    file = f"{name}.json"
    digest = hashlib.sha1(file.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return "/".join((folder, *digest[:5], file))


def load(path: Path, limit: int) -> dict[str, Any]:
    """The object in a JSON file of at most so many bytes. Raises BadFile, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadFile("it is no plain file")
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise BadFile(f"it is larger than {limit} bytes")
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        raise BadFile("it is no JSON") from None
    if not isinstance(loaded, dict):
        raise BadFile("it is no JSON object")
    return loaded
