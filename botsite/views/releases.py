"""The timeline: what came out when."""

from __future__ import annotations

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from botsite.release_filter import ReleaseFilter, stretch
from versions.sources import registry


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    chosen = ReleaseFilter.of(request.GET)
    context = {
        "chosen": chosen,
        "stretch": stretch(chosen.rows(), request.GET.get("before", "")),
        "sources": _sources(),
        "channels": _channels(),
    }
    return render(request, "botsite/releases.html", context)


def _sources() -> list[str]:
    return sorted({source.name for source in registry()})


def _channels() -> list[str]:
    if not apps.is_installed("graph"):
        return []
    from graph.models import Channel

    return list(Channel.objects.values_list("name", flat=True))
