"""Restoring a backup. All that can be wrong with it is found before anything is replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from botsite.backup import manifest, resuming
from botsite.backup.databases import copier
from botsite.backup.manifest import BadManifest, Manifest, Member
from botsite.backup.outcomes import (
    NEWER,
    NOT_A_BACKUP,
    NOT_EMPTY,
    NOT_WRITTEN,
    OTHER_DATABASE,
    SPOILT,
)
from core import overrides

PIECE = 1 << 20
MOST_MANIFEST = 10_000_000
OURS = ("core", "graph", "pulls", "versions")


@dataclass(frozen=True, slots=True)
class Restored:
    """`migrated` counts the migrations that came after the backup, `resumed` what was in hand when
    it was made, by what it is."""

    manifest: Manifest
    migrated: int
    resumed: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        about = self.manifest
        return {
            "version": about.version,
            "made_at": about.made_at,
            "files": len(about.files),
            "migrated": self.migrated,
            "resumed": self.resumed,
        }


def restore(path: Path, *, replace: bool = False) -> Restored:
    """Put everything back as it was, bring it up to this version, and let the work go on.

    Raises OutcomeError `backup.*`; then all is as before, but for `backup.tool_failed`, after which
    a PostgreSQL database is empty and the command can be run again.
    """
    with _opened(path) as archive:
        about = _manifest(path, archive)
        _judge(about, replace)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=settings.VAR_DIR, prefix="restore-") as name:
            scratch = Path(name)
            for member, expected in about.files.items():
                _unpack(path, archive, member, expected, scratch / member)
            resuming.reach_queue()
            copier().load(scratch / manifest.DATABASE)
            _put_files(scratch, about)
    migrated = _migrate(about)
    resumed = resuming.resume()
    _note(about)
    return Restored(about, migrated, resumed)


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    try:
        with ZipFile(path) as archive:
            yield archive
    except BadZipFile as error:
        raise NOT_A_BACKUP.error(path=path, problem="it is damaged, or no backup") from error
    except OSError as error:
        problem = error.strerror or str(error)
        place = Path(error.filename) if error.filename else path
        if place == path:
            raise NOT_A_BACKUP.error(path=path, problem=problem) from error
        raise NOT_WRITTEN.error(path=place, problem=problem) from error


def _manifest(path: Path, archive: ZipFile) -> Manifest:
    try:
        if archive.getinfo(manifest.NAME).file_size > MOST_MANIFEST:
            raise BadManifest("its manifest is too large")
        about = manifest.parse(archive.read(manifest.NAME))
        missing = {manifest.DATABASE, *about.files} - set(archive.namelist())
        if missing:
            raise BadManifest(f"it lacks {', '.join(sorted(missing))}")
    except KeyError as error:
        raise NOT_A_BACKUP.error(path=path, problem="it has no manifest") from error
    except BadManifest as error:
        raise NOT_A_BACKUP.error(path=path, problem=error) from error
    return about


def _judge(about: Manifest, replace: bool) -> None:
    if about.database != connection.vendor:
        raise OTHER_DATABASE.error(theirs=about.database, ours=connection.vendor)
    known = MigrationLoader(None).disk_migrations
    for app, names in about.migrations.items():
        for name in names:
            if (app, name) not in known:
                raise NEWER.error(version=about.version, migration=f"{app}.{name}")
    if not replace and (what := _first_rows()):
        raise NOT_EMPTY.error(what=what)


def _first_rows() -> str:
    """What the database holds that somebody may miss; nothing if it is empty."""
    tables = set(connection.introspection.table_names())
    models: list[type[Model]] = [
        User,
        *(model for model in apps.get_models() if model._meta.app_label in OURS),
    ]
    held = (
        str(model._meta.verbose_name_plural)
        for model in models
        if model._meta.db_table in tables and model._default_manager.exists()
    )
    return next(held, "")


def _unpack(path: Path, archive: ZipFile, name: str, expected: Member, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source, target.open("xb") as file:
        while size <= expected.bytes and (piece := source.read(PIECE)):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    if (size, digest.hexdigest()) != (expected.bytes, expected.sha256):
        raise SPOILT.error(path=path, member=name)


def _put_files(scratch: Path, about: Manifest) -> None:
    for name in about.files:
        if name != manifest.DATABASE:
            target = settings.VAR_DIR / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (scratch / name).chmod(0o600)
            (scratch / name).replace(target)


def _migrate(about: Manifest) -> int:
    call_command("migrate", verbosity=0, interactive=False)
    before = sum(map(len, about.migrations.values()))
    return len(MigrationLoader(connection).applied_migrations) - before


def _note(about: Manifest) -> None:
    """On the audit list: what was decided after the backup is missing from it."""
    value = {"version": about.version}
    done = overrides.decide(
        "restore", f"backup:{about.made_at:%Y-%m-%dT%H:%M:%SZ}", by=None, value=value
    )
    overrides.end(done, by=None)
