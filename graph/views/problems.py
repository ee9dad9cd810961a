"""Recipes that can't be read: how many of each problem, and which."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import outcomes
from graph.models import Feedstock

ROWS = 50


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    counts = Feedstock.objects.outcome_counts()
    found = [(outcomes.kind(code), count) for code, count in counts if code not in ("ok", "")]
    context = {
        "problems": found,
        "unreadable": sum(count for _, count in found),
        "total": sum(count for _, count in counts),
    }
    return render(request, "graph/problems.html", context)


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    rows = Feedstock.objects.unreadable().filter(outcome_code=code).order_by("name", "key")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    if not page.object_list and code not in {kind.code for kind in outcomes.declared()}:
        raise Http404(f"No problem has the code {code}.")
    context = {"problem": outcomes.kind(code), "page": page}
    return render(request, "graph/problem.html", context)
