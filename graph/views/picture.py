"""The picture of a package's neighbourhood."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from graph.models import Feedstock, Status
from graph.showing.picture import DEPTHS, Direction, Picture


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    feedstock = get_object_or_404(Feedstock.objects.defer("outcome"), key=key)
    shown = Picture(
        feedstock, _direction(request.GET.get("show", "")), _depth(request.GET.get("steps", ""))
    )
    context = {
        "feedstock": feedstock,
        "picture": shown,
        "external": feedstock.dependencies.external().count(),
        "directions": list(Direction),
        "depths": DEPTHS,
        "statuses": Status,
    }
    return render(request, "graph/picture.html", context)


def _direction(text: str) -> Direction:
    return Direction(text) if text in Direction.__members__.values() else Direction.BOTH


def _depth(text: str) -> int:
    return int(text) if text in map(str, DEPTHS) else DEPTHS[0]
