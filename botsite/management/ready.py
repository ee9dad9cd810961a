from __future__ import annotations

from django.core.management.base import CommandError
from django.db import DatabaseError

from botsite.processes import unapplied_migrations


def require_ready_database() -> None:
    """Raises CommandError where a process of this version would fail at each query."""
    try:
        missing = unapplied_migrations()
    except DatabaseError as error:
        raise CommandError(
            f"The database can't be reached: {str(error).strip()}\n"
            "Look at DATABASE_URL, and whether the server runs."
        ) from error
    if missing:
        raise CommandError(
            f"The database is not ready for this version: {len(missing)} migrations are missing, "
            f"the first is {missing[0]}.\nRun `manage.py prepare` on one host, then start again."
        )
