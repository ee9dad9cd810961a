"""Our answers beside those of another bot, whose data is tracked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botsite.comparison.channels import beside
from botsite.comparison.documents import COLUMNS, documents
from botsite.comparison.filters import ComparisonFilter, tabs
from botsite.comparison.firsts import firsts
from botsite.comparison.trend import chart
from core.downloads import csv_file, json_file
from graph.comparison.reasons import choices
from versions.sources import registry

ROWS = 50
# Of the wide rows of feedstocks; of their answers all.
HIDDEN = ("feedstock__outcome", "feedstock__channel__outcome", "feedstock__channel__report")


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    chosen = ComparisonFilter.of(request.GET)
    rows = chosen.but_kind()
    counted = tabs(rows.counts())
    shown = chosen.rows().select_related("feedstock__channel").defer(*HIDDEN)
    paginator = Paginator(shown, ROWS)
    paginator.count = next((tab.count for tab in counted if tab.value == chosen.kind), 0)
    context = {
        "chosen": chosen,
        "tabs": counted,
        "firsts": firsts(rows),
        "page": paginator.get_page(request.GET.get("page")),
        "rules": choices(),
        "sources": sorted({source.name for source in registry()}),
        "channels": list(beside()),
        "chart": chart(),
    }
    return render(request, "botsite/comparison.html", context)


@require_safe
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    rows = ComparisonFilter.of(request.GET).rows()
    return csv_file("comparison.csv", COLUMNS, documents(rows))


@require_safe
def as_json(request: HttpRequest) -> StreamingHttpResponse:
    rows = ComparisonFilter.of(request.GET).rows()
    return json_file("comparison.json", documents(rows))
