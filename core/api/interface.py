"""An API of ours: fast JSON, validators on what is read, errors as outcomes."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from core.api import problems

MAX_BODY = 100_000
TOO_LARGE = 413


class JsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


class JsonParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if len(request.body) > MAX_BODY:
            raise HttpError(TOO_LARGE, f"the body is larger than {MAX_BODY} bytes")
        return orjson.loads(request.body)


class Interface(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        self._document: OpenAPISchema | None = None
        super().__init__(renderer=JsonRenderer(), parser=JsonParser(), docs_url=None, **options)
        problems.install(self)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Made once: it takes as long as a hundred answers, and is the same each time."""
        if self._document is None:
            self._document = super().get_openapi_schema(**options)
        return self._document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its function, which is the name that generated clients give it."""
        return operation.view_func.__name__

    def create_response(self, request: HttpRequest, data: Any, **options: Any) -> HttpResponse:
        """What is read carries an ETag, and is not sent again to who has it."""
        response = super().create_response(request, data, **options)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Vary"] = "Accept, Cookie, Authorization"
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        digest = hashlib.blake2b(response.content, digest_size=16).hexdigest()
        response.headers["ETag"] = f'W/"{digest}"'
        known = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        assert known is not None  # noqa: S101 - the response itself, unless its reader has it
        return known
