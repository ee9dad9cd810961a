"""What processes tell each other in passing, through Django's cache.

It spares requests and may be lost at any time: a cache that is down, emptied or cleared away means
that nobody said anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_Value = TypeVar("_Value")


def tell(what: str, value: Any, seconds: float) -> None:
    """Tell all processes that share the cache, for so long."""
    _tried(lambda: cache.set(_key(what), value, seconds), None)


def recall(what: str) -> Any:
    """What was last told, by whichever process; None if nothing was, or too long ago."""
    return _tried(lambda: cache.get(_key(what)), None)


def forget(what: str) -> None:
    _tried(lambda: cache.delete(_key(what)), False)


def first_to(what: str, seconds: float) -> bool:
    """Whether nobody said so within that time: true for one of those who ask at once. Two may be
    told so where the cache is a folder."""
    return _tried(lambda: cache.add(_key(what), True, seconds), True)


def _key(what: str) -> str:
    """Caches are particular about keys."""
    return f"hearsay:{blake2b(what.encode(), digest_size=16).hexdigest()}"


def _tried(act: Callable[[], _Value], otherwise: _Value) -> _Value:
    try:
        return act()
    except (OSError, RedisError) as error:
        log.warning("the cache can't be used: %s", type(error).__name__)
        return otherwise
