"""Copying the whole database, consistently while others write, and putting a copy back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction

from botsite.backup.outcomes import NO_TOOL, NOT_A_BACKUP, TOOL_FAILED

BUSY_SECONDS = 60.0


class Copier(Protocol):
    def dump(self, path: Path) -> None: ...

    def load(self, path: Path) -> None:
        """Replace all that is in the database. Raises OutcomeError `backup.*`."""


def copier() -> Copier:
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


class Sqlite:
    """By SQLite's own backup. All pages are copied in one step, under one read lock: writers go on
    in the WAL meanwhile, and the copy is as the database was when it began."""

    def dump(self, path: Path) -> None:
        with closing(self._open()) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")

    def load(self, path: Path) -> None:
        connection.close()
        with closing(sqlite3.connect(path)) as copy, closing(self._open()) as target:
            try:
                problem = copy.execute("PRAGMA quick_check").fetchone()[0]
            except sqlite3.DatabaseError as error:
                problem = str(error)
            if problem != "ok":
                raise NOT_A_BACKUP.error(path=path.name, problem=problem)
            copy.backup(target, pages=-1)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(connection.settings_dict["NAME"], timeout=BUSY_SECONDS)


class Postgres:
    """By PostgreSQL's own programs. The password is handed over in the environment, where other
    users of the machine can't read it."""

    def dump(self, path: Path) -> None:
        self._run("pg_dump", "--format=custom", f"--file={path}", *self._PLAIN)

    def load(self, path: Path) -> None:
        self._run("pg_restore", "--list", str(path))  # before anything is dropped
        self._drop_tables()
        connection.close()
        name = connection.settings_dict["NAME"]
        whole = ("--exit-on-error", "--single-transaction", f"--dbname={name}")
        self._run("pg_restore", *whole, *self._PLAIN, str(path))

    _PLAIN = ("--no-owner", "--no-privileges")

    @transaction.atomic
    def _drop_tables(self) -> None:
        """All of them, those of migrations that the backup does not have included."""
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)} CASCADE")

    def _run(self, tool: str, *arguments: str) -> None:
        program = shutil.which(tool)
        if program is None:
            raise NO_TOOL.error(tool=tool)
        done = subprocess.run(  # noqa: S603 - a program of the operator's, no shell
            [program, *arguments], env=self._environment(), capture_output=True, check=False
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise TOOL_FAILED.error(tool=tool, problem=(said or ["it gave no reason"])[0])

    def _environment(self) -> dict[str, str]:
        database = connection.settings_dict
        given = {
            "PGHOST": database["HOST"],
            "PGPORT": database["PORT"],
            "PGUSER": database["USER"],
            "PGPASSWORD": database["PASSWORD"],
            "PGDATABASE": database["NAME"],
        }
        given |= {
            f"PG{name.upper()}": value
            for name, value in database["OPTIONS"].items()
            if name.startswith("ssl")
        }
        return os.environ | {name: str(value) for name, value in given.items() if value}
