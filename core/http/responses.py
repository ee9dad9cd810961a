"""An answer, whole and in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from core.http.bodies import Body
from core.http.outcomes import BAD_BODY, DoorError, door_error

_LATIN = ("iso-8859-1", "latin1", "latin-1", "windows-1252")


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `headers` has its names in lower case, repeated ones joined by commas;
    `final_url` is where the redirects ended, as the world knows it even behind a mirror; `elapsed`
    is in seconds and covers waiting, redirects and retries. `unchanged` says that this is a page
    kept from earlier, which its host confirmed."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    sent: Body
    elapsed: float
    unchanged: bool = False

    @property
    def body(self) -> bytes:
        """As unpacked."""
        return self.sent.content

    @property
    def digest(self) -> str:
        """Hex. Where it is the same, so is the body; the reverse nearly always holds."""
        return self.sent.digest

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty if unknown."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text: Latin-1 if it says so, else UTF-8, with U+FFFD for what is neither.

        Other charsets are not worth the trust: versions are ASCII, and some codecs can be made to
        run for hours.
        """
        charset = self.headers.get("content-type", "").lower().partition("charset=")[2]
        latin = charset.strip("\"' ").startswith(_LATIN)
        return self.body.decode("cp1252" if latin else "utf-8", errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises `DoorError` (`http.bad_body`)."""
        try:
            return orjson.loads(self.body)
        except ValueError:
            raise self.unreadable("it is no JSON") from None

    def unreadable(self, reason: str) -> DoorError:
        """The error for a body that is not what was asked for."""
        host = urlsplit(self.final_url).hostname
        return door_error(BAD_BODY, host=host, status=self.status, reason=reason)
