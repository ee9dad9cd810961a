"""The list of packages as a file: exactly what is filtered on the page, by the same address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from core.downloads import CHUNK, csv_file, json_file
from graph import documents
from graph.models import Channel
from graph.showing.filters import FeedstockFilter


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    headings = documents.FeedstockOut.model_fields
    return csv_file("packages.csv", headings, _documents(request))


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    return json_file("packages.json", _documents(request))


def _documents(request: HttpRequest) -> Iterator[dict[str, Any]]:
    channels = dict(Channel.objects.values_list("pk", "name"))
    rows = FeedstockFilter.of(request.GET).rows().defer("outcome")
    for row in rows.iterator(chunk_size=CHUNK):
        yield documents.of_feedstock(row, channels[row.channel_id])
