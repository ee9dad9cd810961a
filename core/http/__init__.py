"""HTTP for all of Botsite. `door()` is the door of this process; nothing else opens a socket."""

from __future__ import annotations

import os
from functools import cache

from core.http.config import ConfigError, DoorConfig
from core.http.doors import Door
from core.http.limits import HostLimits, Traffic
from core.http.outcomes import DoorError
from core.http.responses import Response

__all__ = [
    "ConfigError",
    "Door",
    "DoorConfig",
    "DoorError",
    "HostLimits",
    "Response",
    "Traffic",
    "door",
]


@cache
def door() -> Door:
    """The door of this process, as `settings.BOTSITE_HTTP` has it. Raises `ConfigError`."""
    from django.conf import settings

    return Door(DoorConfig.from_settings(settings.BOTSITE_HTTP))


# A forked worker must not share its parent's connections, nor locks that were held at the time.
os.register_at_fork(after_in_child=door.cache_clear)
