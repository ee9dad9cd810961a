"""What people may have done about a proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.access import acts_on_package, too_busy
from core.jobs import enqueue
from graph.models import Feedstock
from pulls import attempts


@require_POST
@acts_on_package
def propose_again(request: HttpRequest, key: str) -> HttpResponse:
    """Have the proposal for a feedstock's newest version made anew, by a worker."""
    feedstock = get_object_or_404(Feedstock.objects.outdated(), key=key)
    if too_busy(request.user):
        messages.error(request, "That is enough for this hour.")
    else:
        attempts.try_again(feedstock, timezone.now())
        enqueue("pulls.propose", by=request.user)
        messages.success(request, f"{feedstock.name} is proposed anew within a minute.")
    return redirect("package", feedstock.key)
