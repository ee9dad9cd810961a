"""What people may have done about proposals, beside what the page of each offers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from core import outcomes
from core.access import acts_on_package, page_before, requires, too_busy
from core.jobs import enqueue
from graph.models import Feedstock
from pulls.acts import rejections
from pulls.making.retrying import retry_by_outcome
from pulls.views.showing import OPERATE


@require_POST
@acts_on_package
def propose_again(request: HttpRequest, key: str) -> HttpResponse:
    """Have the proposal for a feedstock's newest version made anew, whatever became of the last."""
    feedstock = get_object_or_404(Feedstock.objects.outdated(), key=key)
    if too_busy(request.user):
        messages.error(request, "That is enough for this hour.")
    else:
        rejections.allow(feedstock, feedstock.new_version, by=request.user)
        enqueue("pulls.propose", by=request.user)
        messages.success(request, f"{feedstock.name} is proposed anew within a minute.")
    return redirect("package", feedstock.key)


@require_POST
@requires(OPERATE)
def retry(request: HttpRequest) -> HttpResponse:
    """Try all again that ended with one outcome."""
    code = request.POST.get("outcome", "")
    title = outcomes.kind(code).title
    if count := retry_by_outcome(code, by=request.user):
        messages.success(request, f"{count:,} tried again now that failed with “{title}”.")
    else:
        messages.info(request, f"Nothing that failed with “{title}” is left.")
    return redirect(page_before(request))
