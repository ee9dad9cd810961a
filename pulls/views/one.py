"""One proposal: its page, what people may do there, its patch."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.access import acts_on_package, may_act_on, too_busy
from pulls.acts.next_act import ON
from pulls.conditions import of_proposal
from pulls.forms import ReasonForm, wishes_for
from pulls.making.facts import whole_body
from pulls.models import DECIDED, STANDING, OnForge, PullRequest
from pulls.showing.prospects import prospect
from pulls.showing.rendering import body_as_html, diff_as_html, is_cut
from pulls.showing.story import decisions_on, story

TOO_BUSY = "You did a lot in the last hour; wait a while before you do more."


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, pull_id: int) -> HttpResponse:
    pull = get_object_or_404(PullRequest.objects.select_related("feedstock__channel"), pk=pull_id)
    if request.method == "POST":
        return act(request, key=pull.feedstock.key, pull=pull)
    now = timezone.now()
    may_act = may_act_on(request.user, pull.feedstock.key)
    context = {
        "pull": pull,
        "is_on": settings.PULLS == ON,
        "prospect": prospect(pull, now),
        "condition": of_proposal(pull, now) if _is_of_interest(pull) else None,
        "story": story(pull, decisions_on(pull)),
        "body": body_as_html(whole_body(pull)),
        "diff": diff_as_html(pull.diff),
        "is_cut": is_cut(pull.diff),
        "may_act": may_act,
        "wishes": wishes_for(pull) if may_act else [],
    }
    return render(request, "pulls/proposal.html", context)


def _is_of_interest(pull: PullRequest) -> bool:
    """Unlike one that a newer one took the place of, and that is nowhere open."""
    return pull.state in (*STANDING, *DECIDED) or pull.on_forge == OnForge.OPEN


@acts_on_package
def act(request: HttpRequest, key: str, pull: PullRequest) -> HttpResponse:
    """What a form of the page asks for, by its field `decide`."""
    wish = {each.name: each for each in wishes_for(pull)}.get(request.POST.get("decide", ""))
    if wish is None:
        messages.info(request, "That can't be done with it any more.")
        return redirect("pulls:proposal", pull.pk)
    form = ReasonForm(request.POST)
    form.fields["reason"].required = wish.why
    if too_busy(request.user):
        messages.error(request, TOO_BUSY)
    elif not form.is_valid():
        messages.error(request, "Say in a few words why, for those who wonder later.")
    elif wish.do(pull, request.user, form.cleaned_data["reason"]):
        messages.success(request, wish.done)
    else:
        messages.info(request, wish.too_late)
    return redirect("pulls:proposal", pull.pk)


@require_safe
def patch(request: HttpRequest, pull_id: int) -> HttpResponse:
    """The diff as a file, byte by byte."""
    pull = get_object_or_404(PullRequest, pk=pull_id)
    if not pull.diff:
        raise Http404("The change of this proposal is no longer kept.")
    name = f"{pull.branch}.patch"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pull.diff, content_type="text/x-patch; charset=utf-8", headers=headers)
