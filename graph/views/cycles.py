"""Feedstocks of which none can be built first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from graph.models import GraphBuild
from graph.showing.cycles import cycles as all_cycles


@require_safe
def cycles(request: HttpRequest) -> HttpResponse:
    context = {"cycles": all_cycles(), "built": GraphBuild.objects.finished().first()}
    return render(request, "graph/cycles.html", context)
