"""The pages of background work, and of the hosts that it asks."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import hosts, profiles
from core.access import may, page_before, requires
from core.jobs import cancel, registry
from core.models import HostState, Job, JobState, Profile

CHANGE = "core.change_job"
ROWS = 50
HOST_ROWS = 50


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = Job.objects.recent().select_related("requested_by")
    state = request.GET.get("state", "")
    if state:
        jobs = jobs.filter(state=state)
    context = {
        "page": Paginator(jobs, ROWS).get_page(request.GET.get("page")),
        "state": state,
        "states": JobState.choices,
        "live": Job.objects.live().exists(),
    }
    return render(request, "core/job_list.html", context)


@require_safe
def job_page(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job.objects.select_related("requested_by"), pk=job_id)
    may_change = may(request.user, CHANGE)
    context = {
        "job": job,
        "profiles": profiles.of(f"job:{job.pk}"),
        "asked": profiles.asked(job.kind),
        "may_cancel": may_change,
        "may_profile": may_change,
    }
    return render(request, "core/job.html", context)


@require_POST
@requires(CHANGE)
def ask_profile(request: HttpRequest) -> HttpResponse:
    """Profile the next job of a kind."""
    kind = request.POST.get("kind", "")
    if kind not in {each.name for each in registry.all_kinds()}:
        raise Http404(f"There is no kind of job {kind}.")
    title = registry.title(kind)
    if profiles.ask(kind, by=request.user):
        messages.success(request, f"The next job “{title}” is profiled.")
    else:
        messages.info(request, f"A profile of the next job “{title}” was asked for before.")
    return redirect(page_before(request))


@require_safe
@requires(CHANGE)
def profile_file(request: HttpRequest, profile_id: int) -> HttpResponse:
    """The profile of a run, for `python -m pstats`."""
    row = get_object_or_404(Profile, pk=profile_id)
    name = f"{row.target.replace(':', '-')}.pstats"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(
        profiles.stats_of(row), content_type="application/octet-stream", headers=headers
    )


@require_POST
@requires(CHANGE)
def cancel_job(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id)
    if cancel(job):
        messages.success(request, "The job was asked to stop.")
    else:
        messages.info(request, "The job had already ended.")
    return redirect("core:job", job_id)


@require_safe
def host_list(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    listed = hosts.listed(query)
    context = {
        "query": query,
        "page": Paginator(listed, HOST_ROWS).get_page(request.GET.get("page")),
        "held_back": sum(each.is_held_back for each in listed),
        "may_unblock": may(request.user, "core.change_hoststate"),
    }
    return render(request, "core/host_list.html", context)


@require_POST
@requires("core.change_hoststate")
def unblock_host(request: HttpRequest, host_id: int) -> HttpResponse:
    row = get_object_or_404(HostState, pk=host_id)
    if hosts.unblock(row, by=request.user, reason=request.POST.get("reason", "")[:500]):
        messages.success(request, f"{row.host} is asked again from now on.")
    else:
        messages.info(request, f"Nothing held {row.host} back.")
    return redirect("core:hosts")
