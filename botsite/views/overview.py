from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botsite.overview import Overview


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "botsite/overview.html", {"overview": Overview()})
