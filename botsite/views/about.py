"""About this bot; and the keys that its pages know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from botsite import about as bot
from botsite.context_processors import search_url
from botsite.health import STARTED_AT


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "facts": bot.facts(),
        "settings_shown": bot.settings_shown(),
        "schedules": bot.schedule_rows(),
        "channels": bot.channels(),
        "started_at": STARTED_AT,
    }
    return render(request, "botsite/about.html", context)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Without JavaScript, what the key `?` opens."""
    return render(request, "botsite/keys.html")


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Lets a browser search for packages from its address bar."""
    context = {
        "search": request.build_absolute_uri(search_url()),
        "icon": request.build_absolute_uri(reverse("overview")) + "favicon.ico",
    }
    kind = "application/opensearchdescription+xml"
    return render(request, "botsite/opensearch.xml", context, content_type=kind)
