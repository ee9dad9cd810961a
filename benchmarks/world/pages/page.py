"""What a host says, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Page:
    """`kind` is what it is counted as. `etag` is without quotes, and empty where the host sends
    none; `packed` says whether the host compresses it for those who can unpack."""

    kind: str
    body: bytes
    content_type: str
    etag: str = ""
    packed: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def missing(kind: str) -> Page:
    return Page(kind, b"Not Found", "text/plain", status=404)
