"""Proposals, one proposal, and what could not be proposed."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.access import may_act_on
from pulls.models import Attempt, PullRequest, State
from pulls.rendering import body_as_html, diff_lines

ROWS = 50
LONG = ("body", "diff", "edits", "feedstock__outcome")


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = PullRequest.objects.select_related("feedstock").defer(*LONG)
    if state in State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-made_at", "-pk"), ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "states": State.choices,
        "state": state,
        "refused": Attempt.objects.failed().count(),
    }
    return render(request, "pulls/proposals.html", context)


@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    rows = Attempt.objects.failed().select_related("feedstock").defer("feedstock__outcome")
    page = Paginator(rows.order_by("-finished_at", "-pk"), ROWS).get_page(request.GET.get("page"))
    return render(request, "pulls/refusals.html", {"page": page})


@require_safe
def proposal(request: HttpRequest, pull_id: int) -> HttpResponse:
    pull = get_object_or_404(PullRequest.objects.select_related("feedstock"), pk=pull_id)
    context = {
        "pull": pull,
        "body": body_as_html(pull.body),
        "lines": diff_lines(pull.diff),
        "may_act": may_act_on(request.user, pull.feedstock.key),
    }
    return render(request, "pulls/proposal.html", context)


@require_safe
def patch(request: HttpRequest, pull_id: int) -> HttpResponse:
    """The diff as a file, byte by byte."""
    pull = get_object_or_404(PullRequest, pk=pull_id)
    name = f"{pull.branch}.patch"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pull.diff, content_type="text/x-patch; charset=utf-8", headers=headers)
