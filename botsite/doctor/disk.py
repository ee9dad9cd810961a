"""Room: on the disk, in the database, for kept pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, problem

LEAST_FREE = 1_000_000_000  # bytes
MOST_WAL = 512_000_000  # bytes; settings have it cut to an eighth of that


def look() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.VAR_DIR).free
    if free < LEAST_FREE:
        yield problem(outcomes.DISK_FULL, free=filesizeformat(free), path=settings.VAR_DIR)
    else:
        yield fine(f"{filesizeformat(free)} free in {settings.VAR_DIR}")
    if name := settings.BOTSITE_HTTP["pages_folder"]:
        yield fine(f"kept pages: {filesizeformat(_size(Path(name)))}")


def of_database() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            yield fine(f"database: {filesizeformat(cursor.fetchone()[0])}")
        return
    file = Path(str(connection.settings_dict["NAME"]))
    yield fine(f"database: {filesizeformat(_size_of_file(file))}")
    log = _size_of_file(file.with_name(f"{file.name}-wal"))
    if log > MOST_WAL:
        yield problem(outcomes.WAL_LARGE, size=filesizeformat(log))


def _size(folder: Path) -> int:
    return sum(
        _size_of_file(Path(place, name)) for place, _, names in os.walk(folder) for name in names
    )


def _size_of_file(path: Path) -> int:
    """0 for one that is gone meanwhile."""
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0
