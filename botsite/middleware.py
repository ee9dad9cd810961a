"""Headers that every page carries."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.jobs import crews

POLICY = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self' data:"
)

PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

SECONDS_BETWEEN_SIGNS = 60.0

GetResponse = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Scripts and styles come from our own files only: hostile text can't run, whatever it says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def sign_of_life(get_response: GetResponse) -> GetResponse:
    """While it is asked for anything, a web process tells once a minute that it is there."""
    told = -math.inf

    def middleware(request: HttpRequest) -> HttpResponse:
        nonlocal told
        if time.monotonic() - told >= SECONDS_BETWEEN_SIGNS:
            told = time.monotonic()
            crews.report(crews.me("web"))
        return get_response(request)

    return middleware
