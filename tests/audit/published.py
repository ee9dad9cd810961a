"""What the package index says today of the versions that are pinned."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version
from pypi_simple import ACCEPT_JSON_PREFERRED

from core.http import Door
from tests.audit.pins import Pin
from versions.sources.index_pages import File, IndexPage, read_simple

MAX_BYTES = 64 * 1024 * 1024


def findings(pin: Pin, door: Door, endpoint: str) -> list[str]:
    """What somebody should look at. Raises DoorError if the index can't be asked."""
    project = canonicalize_name(pin.name)
    answer = door.get(
        f"{endpoint.rstrip('/')}/{project}/",
        headers={"Accept": ACCEPT_JSON_PREFERRED},
        max_bytes=MAX_BYTES,
    )
    files = list(_of_version(read_simple(answer, project, in_full=True), pin.version))
    return [f"{pin.name} {pin.version} {finding}" for finding in _findings(pin, files)]


def _findings(pin: Pin, files: list[File]) -> Iterator[str]:
    if not files:
        yield "is no longer published"
        return
    yanked = [each["yanked"] for each in files if each.get("yanked")]
    if len(yanked) == len(files):
        reason = next((each for each in yanked if isinstance(each, str)), "no reason is given")
        yield f"was yanked: {reason[:200]}"
    published = {str((each.get("hashes") or {}).get("sha256")) for each in files}
    if not published & pin.hashes:
        yield "is published with other hashes than those pinned"


def _of_version(page: IndexPage, version: str) -> Iterator[File]:
    wanted = Version(version)
    return (file for name, file in page.files.items() if _version(name) == wanted)


def _version(filename: str) -> Version | None:
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        return parse(filename)[1]
    except (InvalidSdistFilename, InvalidVersion, InvalidWheelFilename):
        return None
