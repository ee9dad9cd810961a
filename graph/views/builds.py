"""Builds of the graph, and what each changed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.models import GraphBuild

ROWS = 25


@require_safe
def builds(request: HttpRequest) -> HttpResponse:
    rows = GraphBuild.objects.order_by("-started_at").defer("cycles", "ambiguous")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "graph/builds.html", {"page": page})
