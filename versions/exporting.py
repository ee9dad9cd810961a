"""The answers as the files that conda-forge's bot keeps in its data repository.

`versions/h/h/h/h/h/NAME.json`, where the five `h` are the first hexadecimal digits of the SHA-1 of
the file's name. A file holds exactly `{"new_version": VERSION or null}`, or `{"bad": TEXT}` where
no version could be found, sorted and indented by two as orjson does it, without a line end.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from versions.models import Package
from versions.outcomes import DOUBLE_NAME, NO_VERSIONS_FOLDER, UNFIT_NAME

FOLDER = "versions"
# What the bot itself writes; whoever reads it looks for the word "Upstream".
BAD = "Upstream: Error getting upstream version"
FORMAT = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,189}")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files were written, and how many held the answer already."""

    written: int
    unchanged: int


def export(checkout: Path, owner: str = "") -> Exported:
    """Write the answers of all watched packages, or of one owner's, into a checkout.

    Only what differs is written, each file whole or not at all; files of packages that are not
    watched here are left alone. Raises OutcomeError `versions.no_versions_folder`,
    `versions.double_name` or `versions.unfit_name`, before anything is written.
    """
    folder = checkout / FOLDER
    if not folder.is_dir():
        raise NO_VERSIONS_FOLDER.error(path=checkout)
    files = dict(_files(owner))
    written = sum(_write(folder / path, data) for path, data in files.items())
    return Exported(written, len(files) - written)


def path_of(name: str) -> str:
    """Where the file of a package is, below `versions/`."""
    file = f"{name}.json"
    digest = hashlib.sha1(file.encode(), usedforsecurity=False).hexdigest()
    return "/".join((*digest[:5], file))


def answer_of(latest_version: str, failed: bool) -> dict[str, Any]:
    """What the file says. The last good version counts, even if the last check failed."""
    if failed and not latest_version:
        return {"bad": BAD}
    return {"new_version": latest_version or None}


def _files(owner: str) -> Iterator[tuple[str, bytes]]:
    rows = Package.objects.watched().exclude(outcome_code="").order_by("name", "key")
    if owner:
        rows = rows.filter(owner=owner)
    before = ("", "")
    columns = ("key", "name", "latest_version", "failures")
    for key, name, latest, failures in rows.values_list(*columns).iterator():
        if not _NAME.fullmatch(name):
            raise UNFIT_NAME.error(key=key)
        if name == before[1]:
            raise DOUBLE_NAME.error(name=name, one=before[0], other=key)
        before = (key, name)
        yield path_of(name), orjson.dumps(answer_of(latest, failures > 0), option=FORMAT)


def _write(path: Path, data: bytes) -> bool:
    """Whether there was anything to write."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, data)
    return True


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".export-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
