"""What forges tell by themselves."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.outcomes import OutcomeError
from pulls.acts import deliveries
from pulls.forges.outcomes import BAD_SIGNATURE
from pulls.outcomes import DELIVERY_TOO_LARGE, NOT_LISTENING

_LENGTH = re.compile(r"[0-9]{1,9}")
_STATUSES = {NOT_LISTENING.code: 503, BAD_SIGNATURE.code: 401, DELIVERY_TOO_LARGE.code: 413}


@csrf_exempt  # the signature of the body says who sent it
@require_POST
def github(request: HttpRequest) -> HttpResponse:
    try:
        heard = deliveries.hear(request.headers, _body(request))
    except OutcomeError as error:
        status = _STATUSES.get(error.outcome.code, 400)
        return JsonResponse(error.outcome.as_dict(), status=status)
    return JsonResponse({"result": heard.value})


def _body(request: HttpRequest) -> bytes:
    """Raises OutcomeError (`pulls.delivery_too_large`) before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not _LENGTH.fullmatch(length) or int(length) > deliveries.MOST_BYTES:
        raise DELIVERY_TOO_LARGE.error(most=f"{deliveries.MOST_BYTES:,}")
    return request.body
