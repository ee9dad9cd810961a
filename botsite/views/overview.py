from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botsite.overview import Overview
from botsite.trends import Trends


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    context = {"overview": Overview(), "trends": Trends()}
    return render(request, "botsite/overview.html", context)
