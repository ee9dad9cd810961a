"""The plain list of what is watched upstream."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from versions.models import Package, Sweep

ROWS = 50


@require_safe
def watched_list(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    packages = Package.objects.watched().order_by("name", "key")
    if query:
        packages = packages.filter(name__icontains=query)
    columns = packages.defer("urls", "settings", "outcome")
    context = {
        "query": query,
        "page": Paginator(columns, ROWS).get_page(request.GET.get("page")),
        "sweep": Sweep.objects.recent().defer("hosts", "lanes", "outcomes").first(),
    }
    return render(request, "versions/watched_list.html", context)
