"""Making a backup: the database, the patches of proposals, and the secret key if asked for.

What can be had again (kept pages, clones, the cache, static files) is left out.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from botsite.backup import manifest
from botsite.backup.databases import copier
from botsite.backup.manifest import Manifest, Member
from botsite.backup.outcomes import EXISTS, NO_SECRET, NOT_WRITTEN

PIECE = 1 << 20


def make(path: Path, *, with_secret_key: bool = False) -> Manifest:
    """Write a backup, whole or not at all, that only its owner can read.

    Raises OutcomeError `backup.*`.
    """
    if path.exists():
        raise EXISTS.error(path=path)
    try:
        # In the folder of the file, so that there is room for both, and a rename is enough.
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as name:
            return _make(path, Path(name), with_secret_key)
    except OSError as error:
        raise NOT_WRITTEN.error(path=path, problem=error.strerror or str(error)) from error


def _make(path: Path, scratch: Path, with_secret_key: bool) -> Manifest:
    made_at, clock = timezone.now(), time.monotonic()
    members = dict(_others(with_secret_key))
    migrations = _migrations()
    members[manifest.DATABASE] = scratch / manifest.DATABASE
    copier().dump(members[manifest.DATABASE])
    seconds = round(time.monotonic() - clock, 3)
    whole = scratch / "whole"
    with whole.open("xb") as file:
        whole.chmod(0o600)
        with ZipFile(file, "w") as archive:
            files = {name: _add(archive, name, each) for name, each in sorted(members.items())}
            about = Manifest(
                settings.VERSION, connection.vendor, made_at, seconds, migrations, files
            )
            archive.writestr(manifest.NAME, about.as_json())
        file.flush()
        os.fsync(file.fileno())
    _put_in_place(whole, path)
    return about


def _others(with_secret_key: bool) -> Iterator[tuple[str, Path]]:
    patches = settings.VAR_DIR / manifest.PATCHES
    for path in sorted(patches.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(settings.VAR_DIR).as_posix(), path
    if with_secret_key:
        key = settings.VAR_DIR / manifest.SECRET_KEY
        if not key.exists():
            raise NO_SECRET.error(path=key)
        yield manifest.SECRET_KEY, key


def _migrations() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def _add(archive: ZipFile, name: str, path: Path) -> Member:
    """A copy of PostgreSQL's is compressed already; the quickest level halves the rest."""
    about = ZipInfo(name, time.localtime(path.stat().st_mtime)[:6])
    packed = name == manifest.DATABASE and connection.vendor == "postgresql"
    about.compress_type = ZIP_STORED if packed else ZIP_DEFLATED
    about.external_attr = 0o600 << 16
    about._compresslevel = 1  # type: ignore[attr-defined]
    with path.open("rb") as source, archive.open(about, "w", force_zip64=True) as target:
        return _copy(source, target)


def _copy(source: BinaryIO, target: IO[bytes]) -> Member:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(PIECE):
        target.write(piece)
        digest.update(piece)
        size += len(piece)
    return Member(size, digest.hexdigest())


def _put_in_place(whole: Path, path: Path) -> None:
    """A crash of the machine leaves all of it, or nothing."""
    whole.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
