"""Long lists as files, written while the database still reads them: CSV and JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import partial
from io import StringIO
from typing import Any

import orjson
from django.http import StreamingHttpResponse

CHUNK = 500
# Spreadsheets take what begins so for a formula, and would run a stranger's.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(
    name: str, headings: Iterable[str], documents: Iterator[dict[str, Any]]
) -> StreamingHttpResponse:
    """A row for each document, whose values are in the order of the headings."""
    return _file(_csv(headings, documents), "text/csv; charset=utf-8", name)


def json_file(name: str, documents: Iterator[dict[str, Any]]) -> StreamingHttpResponse:
    """One array, with a line for each document."""
    return _file(_json(documents), "application/json", name)


def _csv(headings: Iterable[str], documents: Iterator[dict[str, Any]]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(headings)
    for number, row in enumerate(documents):
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


def _json(documents: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    dumps = partial(orjson.dumps, option=orjson.OPT_UTC_Z)
    before = b"[\n"
    for row in documents:
        yield before + dumps(row)
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def _file(content: Iterator[Any], content_type: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return response
