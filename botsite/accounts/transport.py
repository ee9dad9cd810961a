"""`requests` by way of our own door, for a library that wants a session of it."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import BaseAdapter

from core.http import DoorError, door

MAX_BYTES = 1_000_000
ANY_STATUS = range(200, 600)
OWN_HEADERS = ("Accept", "Authorization")


class DoorTransport(BaseAdapter):
    """Guarded, bounded and paced like all else that is fetched. Redirects are not followed."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Raises `requests.ConnectionError`, as callers of the library expect, without the URL's
        secrets in its text."""
        headers = {name: request.headers[name] for name in OWN_HEADERS if name in request.headers}
        try:
            answer = self._fetch(request, headers)
        except DoorError as error:
            raise requests.ConnectionError(error.outcome.message) from None
        return _response(request, answer.status, answer.headers, answer.body)

    def _fetch(self, request: requests.PreparedRequest, headers: dict[str, str]) -> Any:
        asked: dict[str, Any] = {
            "headers": headers,
            "max_bytes": MAX_BYTES,
            "accept_statuses": ANY_STATUS,
        }
        if request.method == "GET":
            return door().get(str(request.url), **asked)
        body = request.body or b""
        return door().send(
            "POST",
            str(request.url),
            body=body.encode() if isinstance(body, str) else body,
            content_type=request.headers.get("Content-Type", "application/octet-stream"),
            **asked,
        )

    def close(self) -> None:
        """The door stays open."""


def _response(
    request: requests.PreparedRequest, status: int, headers: Any, body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response.headers.setdefault("content-type", "application/octet-stream")
    response._content = body
    response.encoding = "utf-8"
    response.url = str(request.url)
    response.request = request
    return response
