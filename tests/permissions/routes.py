"""All addresses of the site, by walking the URLconf, and how to fill in their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """`path` is as in the URLconf, `name` the view's."""

    path: str
    name: str

    def address(self, parts: dict[str, Any]) -> str:
        return "/" + PART.sub(lambda part: str(parts[part[1]]), self.path)


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[Route]:
    """Without those of the admin, which has rules of its own."""
    for each in (resolver or get_resolver()).url_patterns:
        path = before + str(each.pattern).lstrip("^")
        if path.startswith("admin/"):
            continue
        if isinstance(each, URLPattern):
            yield Route(path, each.name or "")
        else:
            yield from routes(each, path)


def admin_routes() -> Iterator[str]:
    """The addresses of the admin that take no parts but a model's name."""
    for each in get_resolver().url_patterns:
        if str(each.pattern) == "admin/" and isinstance(each, URLResolver):
            yield from _plain(each, "/admin/")


def _plain(resolver: URLResolver, before: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _plain(each, path)
        elif "<" not in path and "^" not in path:
            yield path
