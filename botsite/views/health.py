"""For supervisors and monitors: is this process up, and is the whole bot well?"""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from botsite.health import health


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """503 if the database can't be reached, or while there is an alarm; `alarms` are the reasons.

    Right after a start there is none for want of a first sign of the workers."""
    try:
        bot = health()
    except DatabaseError as error:
        return JsonResponse({"status": "failing", "database": type(error).__name__}, status=503)
    report = {
        "status": "failing" if bot.alarms else "ok",
        "database": "ok",
        "heartbeat_age_s": bot.age_s and round(bot.age_s, 1),
        "paused": bot.pause is not None,
        "alarms": [
            {"code": each.code, "message": each.message, "next": each.next} for each in bot.alarms
        ],
    }
    return JsonResponse(report, status=503 if bot.alarms else 200)
