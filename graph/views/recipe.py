"""A recipe: its text, what is wrong in it, and what was understood."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph.models import Feedstock, Reading
from graph.showing.understood import Understood


@require_safe
def recipe(request: HttpRequest, key: str) -> HttpResponse:
    feedstock = get_object_or_404(Feedstock.objects.select_related("reading"), key=key)
    reading = getattr(feedstock, "reading", None) or Reading(feedstock=feedstock)
    context = {"feedstock": feedstock, "recipe": Understood(feedstock, reading)}
    return render(request, "graph/recipe.html", context)
