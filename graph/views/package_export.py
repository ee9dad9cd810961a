"""The list of packages as a file: exactly what is filtered on the page, by the same address."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from io import StringIO
from typing import Any

import orjson
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from graph import documents
from graph.filters import FeedstockFilter
from graph.models import Channel

CHUNK = 500
# Spreadsheets take what begins so for a formula, and would run a stranger's.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _file(_csv(_documents(request)), "text/csv; charset=utf-8", "packages.csv")


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    return _file(_json(_documents(request)), "application/json", "packages.json")


def _documents(request: HttpRequest) -> Iterator[dict[str, Any]]:
    channels = dict(Channel.objects.values_list("pk", "name"))
    rows = FeedstockFilter.of(request.GET).rows().defer("outcome")
    for row in rows.iterator(chunk_size=CHUNK):
        yield documents.of_feedstock(row, channels[row.channel_id])


def _csv(found: Iterator[dict[str, Any]]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(documents.FeedstockOut.model_fields)
    for number, row in enumerate(found):
        writer.writerow([_cell(value) for value in row.values()])
        if number % CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _json(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    dumps = partial(orjson.dumps, option=orjson.OPT_UTC_Z)
    before = b"[\n"
    for row in found:
        yield before + dumps(row)
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _file(content: Iterator[Any], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return response
