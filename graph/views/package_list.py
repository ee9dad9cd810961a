"""The list of packages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.models import Feedstock, Status
from graph.showing.facets import facets
from graph.showing.filters import FeedstockFilter, columns

ROWS = 50
UNSHOWN = ("outcome", "channel__outcome", "channel__report")


@require_safe
def package_list(request: HttpRequest) -> HttpResponse:
    chosen = FeedstockFilter.of(request.GET)
    rows = chosen.but_status(Feedstock.objects.present())
    counts = rows.status_counts()
    if chosen.status:
        rows = rows.filter(status=chosen.status)
    shown = chosen.order(rows).select_related("channel").defer(*UNSHOWN)
    paginator = Paginator(shown, ROWS)
    paginator.count = counts.get(chosen.status, 0) if chosen.status else sum(counts.values())
    context = {
        "chosen": chosen,
        "chips": chosen.chips(request.GET),
        "page": paginator.get_page(request.GET.get("page")),
        "tabs": [(status, counts[status]) for status in Status],
        "columns": columns(chosen.sort),
        "total": sum(counts.values()),
        "facets": facets(),
    }
    return render(request, "graph/package_list.html", context)
