"""For supervisors and monitors: is this process up, and is the whole bot well?"""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from botsite.health import liveness


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """503 if the database can't be reached, or no schedule has run for minutes."""
    try:
        bot = liveness()
    except DatabaseError as error:
        return _report(False, type(error).__name__, None)
    return _report(bot.alive, "ok", bot.age_s)


def _report(well: bool, database: str, heartbeat_age_s: float | None) -> JsonResponse:
    report = {
        "status": "ok" if well else "failing",
        "database": database,
        "heartbeat_age_s": heartbeat_age_s and round(heartbeat_age_s, 1),
    }
    return JsonResponse(report, status=200 if well else 503)
