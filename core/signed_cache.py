"""What is kept in Redis is signed, so that writing there is not running code here.

Django's cache keeps pickles, and whoever can write a pickle can have its reader run anything. The
queue's messages are signed by django-q2 itself; these are the rest of what Redis holds.
"""

from __future__ import annotations

import hmac
import logging
import pickle
from typing import Any

from django.utils.crypto import salted_hmac

log = logging.getLogger(__name__)

_SALT, _DIGEST, _BYTES = "core.signed_cache", "sha256", 32


class SignedPickles:
    """A serializer of Django's Redis cache. Numbers stay numbers, for Redis counts with them."""

    def dumps(self, value: Any) -> bytes | int:
        if type(value) is int:
            return value
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return _signature(data) + data

    def loads(self, kept: bytes) -> Any:
        """The value; None, as if nothing were kept, if no process with our secret wrote it."""
        try:
            return int(kept)
        except ValueError:
            signature, data = kept[:_BYTES], kept[_BYTES:]
        if not hmac.compare_digest(signature, _signature(data)):
            log.error("a value in the cache is not signed with our secret: it is not read")
            return None
        return pickle.loads(data)  # noqa: S301 - signed with our own secret


def _signature(data: bytes) -> bytes:
    return salted_hmac(_SALT, data, algorithm=_DIGEST).digest()
