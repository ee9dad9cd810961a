"""Which requests go through the operator's proxy."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit, urlunsplit

from core.http.origins import Origin, bad_url, parse_origin


class Proxies:
    """The proxies of a configuration, by scheme, and the hosts that need none (`no_proxy`)."""

    def __init__(self, urls: Mapping[str, str], no_proxy: str) -> None:
        """Raises `DoorError` (`http.bad_url`) for a bad entry."""
        self._by_scheme = {scheme: _proxy(url) for scheme, url in urls.items()}
        self._direct = tuple(filter(None, map(str.strip, no_proxy.lower().split(","))))

    def choose(self, origin: Origin) -> str | None:
        """The URL of the proxy for an origin, login included."""
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


def _proxy(url: str) -> str:
    """Read `http://[user:password@]host[:port]`."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http":
        raise bad_url("a proxy is spoken to over http")
    login, at, netloc = parts.netloc.rpartition("@")
    if not unquote(login).isascii():
        raise bad_url("the login of a proxy must be ASCII")
    origin = parse_origin(urlunsplit((parts.scheme, netloc, parts.path, "", "")))
    return f"http://{login}{at}{origin.netloc}"
