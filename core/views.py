"""The pages of background work."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import may, requires
from core.jobs import cancel
from core.models import Job, JobState

ROWS = 50


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
    context = {"job": job, "may_cancel": may(request.user, "core.change_job")}
    return render(request, "core/job.html", context)


@require_POST
@requires("core.change_job")
def cancel_job(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id)
    if cancel(job):
        messages.success(request, "The job was asked to stop.")
    else:
        messages.info(request, "The job had already ended.")
    return redirect("core:job", job_id)
