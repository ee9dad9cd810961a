"""A database that restarts is waited for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from versions.outcomes import DATABASE_LOST

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS = 20.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


def persistently(act: Callable[[], T]) -> T:
    """Do something to the database, again if that is interrupted; so it must do no harm twice, as
    nothing does that goes by a token. Raises `versions.database_lost`."""
    if connection.in_atomic_block:
        return act()
    until, pause = time.monotonic() + PATIENCE_SECONDS, FIRST_PAUSE
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            if time.monotonic() > until:
                raise DATABASE_LOST.error(why=type(error).__name__) from error
            log.warning("the database failed, trying again: %s", error)
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
