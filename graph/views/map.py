"""The map of the whole graph."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.models import GraphBuild
from graph.showing.map import TONES, layers


@require_safe
def graph_map(request: HttpRequest) -> HttpResponse:
    found = layers()
    context = {
        "layers": found,
        "total": sum(layer.total for layer in found),
        "statuses": list(TONES),
        "built": GraphBuild.objects.finished().first(),
    }
    return render(request, "graph/map.html", context)
