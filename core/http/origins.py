"""URLs as the door understands them: strictly, so that no two readers see two hosts in one text.

An origin is (scheme, host, port). Exemptions, credentials, mirrors and budgets are all bound to
exact origins, so everything rests on their normal form: lower case, IDNA, no final dot, the port
always known.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import idna

from core.http.outcomes import BAD_URL, REFUSED_ADDRESS, DoorError, door_error

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 4096  # characters
MAX_HOST = 253  # characters, RFC 1035

_PATH_SAFE = "%/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?[]|"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port in normal form. An IPv6 host is without its brackets."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """`host` or `host:port`, as in a URL; the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def address(self) -> Address | None:
        """The address, when the host is written as one."""
        if ":" in self.host or self.host[-1].isdigit():
            return _literal(self.host)
        return None

    @property
    def on_loopback(self) -> bool:
        address = self.address
        return self.host == "localhost" or bool(address and address.is_loopback)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


@dataclass(frozen=True, slots=True)
class Url:
    """An origin and, percent-encoded, the path with its query."""

    origin: Origin
    target: str

    def join(self, reference: str) -> Url:
        """What `reference`, absolute or relative, means on this page. Raises `DoorError`."""
        try:
            return parse_url(urljoin(str(self), reference.strip()))
        except ValueError:
            raise bad_url("it redirects to something that is no URL") from None

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"


def parse_url(text: str) -> Url:
    """Read an absolute http or https URL; a fragment is dropped.

    Raises `DoorError` (`http.bad_url`, or `http.refused_address` for a host written as an unusual
    number); its sentence never repeats the text, which may hold a password.
    """
    text = text.strip()
    if len(text) > MAX_URL:
        raise bad_url(f"it is longer than {MAX_URL} characters")
    if _CONTROL.search(text) or "\\" in text:
        raise bad_url("it holds a backslash or a control character")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise bad_url("its host is malformed") from None
    origin = _origin(parts.scheme, parts.netloc)
    path = _without_dots(_quoted(parts.path, _PATH_SAFE))
    query = f"?{_quoted(parts.query, _QUERY_SAFE)}" if parts.query else ""
    return Url(origin, path + query)


def parse_origin(text: str) -> Origin:
    """Read `scheme://host[:port]`; a path other than `/` is a mistake. Raises `DoorError`."""
    url = parse_url(text)
    if url.target != "/":
        raise bad_url("an origin has no path")
    return url.origin


def bad_url(reason: str) -> DoorError:
    return door_error(BAD_URL, reason=reason)


def _origin(scheme: str, netloc: str) -> Origin:
    if scheme not in DEFAULT_PORTS:
        raise bad_url("it is neither http nor https")
    if "@" in netloc:
        raise bad_url("it holds a user name or password")
    host, port = _split(netloc)
    return Origin(scheme, _host(host), _port(port) or DEFAULT_PORTS[scheme])


def _split(netloc: str) -> tuple[str, str]:
    """Host, with the brackets of an IPv6 address, and port, which may be empty."""
    if netloc.startswith("["):
        host, bracket, rest = netloc.partition("]")
        if rest and not rest.startswith(":"):
            raise bad_url("its host is malformed")
        return host + bracket, rest[1:]
    host, _, port = netloc.partition(":")
    return host, port


def _port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise bad_url("its port is no number from 1 to 65535")
    return int(text)


def _host(text: str) -> str:
    if text.startswith("["):
        return _ipv6(text[1:-1])
    host = _ascii(text).removesuffix(".")
    labels = host.split(".")
    if len(host) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise bad_url("its host is malformed")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(host)
    return host


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    if len(host) > MAX_HOST:
        raise bad_url("its host is malformed")
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise bad_url("its host is no valid internationalised name") from None


def _ipv4(host: str) -> str:
    """Only `a.b.c.d`: resolvers read `0177.1`, `0x7f.1` and `2130706433` as addresses too, and
    not all alike."""
    address = _literal(host)
    if address is None:
        raise door_error(
            REFUSED_ADDRESS, host=host, reason="its address is written in an unusual form"
        )
    return str(address)


def _ipv6(text: str) -> str:
    address = _literal(text) if ":" in text and "%" not in text else None
    if address is None:
        raise bad_url("its IPv6 address is malformed or has a zone")
    return str(address)


def _literal(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _quoted(text: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe)


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, 5.2.4), encoded ones too, so that a path cannot climb out of
    the base of a mirror."""
    if "." not in path and "%2" not in path:
        return path or "/"
    kept: list[str] = []
    segments = path.replace("%2e", ".").replace("%2E", ".").split("/")
    for segment in segments[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
