"""Which requests go through the operator's proxy, and how it is spoken to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from core.http.origins import Origin, bad_url, parse_origin


@dataclass(frozen=True, slots=True)
class Proxy:
    """A forward proxy, spoken to in plain HTTP, with the headers that log in to it."""

    origin: Origin
    headers: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)


class Proxies:
    """The proxies of a configuration, by scheme, and the hosts that need none (`no_proxy`)."""

    def __init__(self, urls: Mapping[str, str], no_proxy: str) -> None:
        """Raises `DoorError` (`http.bad_url`) for a bad entry."""
        self._by_scheme = {scheme: _proxy(url) for scheme, url in urls.items()}
        self._direct = tuple(filter(None, map(str.strip, no_proxy.lower().split(","))))

    def choose(self, origin: Origin) -> Proxy | None:
        proxy = self._by_scheme.get(origin.scheme)
        return None if origin.on_loopback or self._is_direct(origin) else proxy

    def _is_direct(self, origin: Origin) -> bool:
        """Whether `no_proxy` names the host: as `*`, itself, or a domain above it; with or without
        a port."""
        names = (f".{origin.host}", f".{origin.host}:{origin.port}")
        return any(
            each == "*" or name.endswith(f".{each.lstrip('*.')}")
            for each in self._direct
            for name in names
        )


def _proxy(url: str) -> Proxy:
    """Read `http://[user:password@]host[:port]`."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http":
        raise bad_url("a proxy is spoken to over http")
    login, at, netloc = parts.netloc.rpartition("@")
    origin = parse_origin(urlunsplit((parts.scheme, netloc, parts.path, "", "")))
    if not at:
        return Proxy(origin)
    token = base64.b64encode(unquote(login).encode()).decode()
    return Proxy(origin, {"Proxy-Authorization": f"Basic {token}"})
