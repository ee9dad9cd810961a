"""Sweeps: how the running one gets on, how all went, and what people may do about them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import profiles
from core.access import may, page_before, requires
from core.models import Profile
from versions import sweep
from versions.figures.progress import Progress
from versions.figures.sweep_charts import charts_of
from versions.models import Sweep
from versions.planning import pauses
from versions.planning.dispatch import CHECK_JOB

ROWS = 48
OPERATE = "versions.change_sweep"


@require_safe
def sweep_list(request: HttpRequest) -> HttpResponse:
    rows = Sweep.objects.recent().defer("hosts", "lanes")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "charts": charts_of(page.object_list),
        "live": any(each.finished_at is None for each in page.object_list),
        "paused": pauses.paused().get(pauses.ALL),
        "may_operate": may(request.user, OPERATE),
    }
    return render(request, "versions/sweep_list.html", context)


@require_safe
def sweep_page(request: HttpRequest, sweep_id: int) -> HttpResponse:
    row = get_object_or_404(Sweep, pk=sweep_id)
    context = {
        "sweep": row,
        "progress": Progress(row),
        "profiles": profiles_of(row),
        "shift": CHECK_JOB,
        "asked": profiles.asked(CHECK_JOB),
        "may_operate": may(request.user, OPERATE),
        "may_profile": may(request.user, "core.change_job"),
    }
    return render(request, "versions/sweep.html", context)


def profiles_of(row: Sweep) -> list[Profile]:
    """Profiles of the sweep itself, and of the shifts that worked while it ran."""
    shifts = Q(kind=CHECK_JOB, taken_at__gte=row.started_at)
    if row.finished_at:
        shifts &= Q(taken_at__lte=row.finished_at + timedelta(minutes=1))
    found = Profile.objects.filter(shifts | Q(target=f"sweep:{row.pk}"))
    return list(found.defer("stats").order_by("-pk")[:3])


@require_POST
@requires(OPERATE)
def cancel_sweep(request: HttpRequest, sweep_id: int) -> HttpResponse:
    row = get_object_or_404(Sweep, pk=sweep_id)
    if sweep.cancel(row, by=request.user):
        messages.success(request, f"Sweep {row.pk} ends; what it did not reach comes up again.")
    else:
        messages.info(request, f"Sweep {row.pk} had already ended.")
    return redirect("versions:sweep", sweep_id)


@require_POST
@requires(OPERATE)
def pause(request: HttpRequest) -> HttpResponse:
    """Pause a lane, or all checks where none is named."""
    lane = request.POST.get("lane", "")
    if pauses.pause_lanes(lane, by=request.user, reason=request.POST.get("reason", "")[:500]):
        messages.warning(request, f"{_named(lane)} paused, until someone resumes.")
    else:
        messages.info(request, f"{_named(lane)} already paused.")
    return redirect(page_before(request))


@require_POST
@requires(OPERATE)
def resume(request: HttpRequest) -> HttpResponse:
    lane = request.POST.get("lane", "")
    if pauses.resume_lanes(lane, by=request.user):
        messages.success(request, f"{_named(lane)} resumed.")
    else:
        messages.info(request, f"{_named(lane)} not paused.")
    return redirect(page_before(request))


def _named(lane: str) -> str:
    return f"The lane {lane} is" if lane else "All checks are"
