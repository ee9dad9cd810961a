"""Where a request is really sent: to the origin itself, or to a mirror of it.

`BOTSITE_MIRRORS` maps an origin to a base URL. The key `*` serves all other origins, and its base
has `{host}` in the path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.http.origins import Url, bad_url, parse_origin, parse_url

_WILDCARD = "*"
_HOST = "{host}"


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way to an answer: `asked` as the world knows it, `sent` where it goes.

    `base` is the mirror's, or None; `named` says that the operator named the origin of `asked`.
    """

    asked: Url
    sent: Url
    base: Url | None = None
    named: bool = False

    def redirected(self, location: str) -> Url:
        """The URL that a `Location` header of this answer means, as the world knows it."""
        # Python reads headers as Latin-1, while servers write UTF-8 where they write non-ASCII.
        target = self.sent.join(location.encode("latin-1").decode(errors="replace"))
        base = self.base
        if base and target.origin == base.origin and target.target.startswith(f"{base.target}/"):
            return Url(self.asked.origin, target.target.removeprefix(base.target))
        return target


class Mirrors:
    """The mirrors of a configuration. Raises `DoorError` (`http.bad_url`) for a bad entry."""

    def __init__(self, bases: Mapping[str, str]) -> None:
        named = {key: base for key, base in bases.items() if key != _WILDCARD}
        self._named = {parse_origin(key): _base(base) for key, base in named.items()}
        self._template = _template(bases[_WILDCARD]) if _WILDCARD in bases else None
        others = [parse_url(self._template).origin] if self._template else []
        self.origins = frozenset([base.origin for base in self._named.values()] + others)

    def hop(self, asked: Url) -> Hop:
        """How to fetch a URL. What is already at a mirror is not sent through one again."""
        origin = asked.origin
        if (base := self._named.get(origin)) is not None:
            return Hop(asked, _below(base, asked), base, named=True)
        if self._template is None or origin in self.origins:
            return Hop(asked, asked)
        base = _base(self._template.replace(_HOST, origin.netloc))
        return Hop(asked, _below(base, asked), base)


def _base(text: str) -> Url:
    url = parse_url(text)
    if "?" in url.target:
        raise bad_url("the base of a mirror has no query")
    return Url(url.origin, url.target.rstrip("/"))


def _template(text: str) -> str:
    scheme, _, rest = text.partition("://")
    netloc, _, path = rest.partition("/")
    if not scheme or _HOST in netloc or _HOST not in path:
        raise bad_url("the mirror of * needs {host} in its path, and only there")
    return text


def _below(base: Url, asked: Url) -> Url:
    return Url(base.origin, base.target + asked.target)
