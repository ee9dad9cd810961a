"""Jobs, hosts, and what outcomes mean."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Router, Status

from core import hosts, outcomes
from core.api.documents import HostOut, JobOut, OutcomeKindOut, of_host, of_job, of_kind
from core.api.fields import Reason, Text
from core.api.guarding import SIGNED_IN, allow
from core.api.outcomes import NOTHING_TO_DO
from core.api.paging import AskedPage, AskedStretch, Page, paged, stretched
from core.api.problems import ACTING, READING, problem
from core.jobs import cancel
from core.models import HostState, Job
from core.people.tokens import Scope

router = Router(tags=["work"])
Id = Annotated[int, Path(..., ge=1, le=2**63 - 1)]
State = Literal["queued", "running", "done", "failed", "cancelled"]


@router.get("/jobs", response={200: Page[JobOut], **READING}, summary="Jobs, newest first")
def list_jobs(
    request: HttpRequest,
    asked: AskedStretch,
    state: State | None = None,
    kind: Text = "",
    target: Text = "",
) -> dict[str, Any]:
    given = {"state": state, "kind": kind, "target": target}
    rows = Job.objects.filter(**{name: value for name, value in given.items() if value})
    return stretched(request, rows.select_related("requested_by"), asked, of_job)


@router.get("/jobs/{id}", response={200: JobOut, **READING}, summary="One job")
def get_job(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002 - as in the address
    return of_job(_job(id))


@router.post(
    "/jobs/{id}/cancel", response={200: JobOut, **ACTING}, auth=SIGNED_IN, summary="Cancel a job"
)
def cancel_job(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002
    allow(request, Scope.OPERATE, "core.change_job")
    if not cancel(_job(id)):
        raise problem(409, NOTHING_TO_DO, what="The job had ended already.")
    return of_job(_job(id))


@router.get("/hosts", response={200: Page[HostOut], **READING}, summary="Hosts that are asked")
def list_hosts(request: HttpRequest, asked: AskedPage, q: Text = "") -> dict[str, Any]:
    return paged(request, hosts.listed(q), asked, of_host)


@router.post(
    "/hosts/{id}/unblock",
    response={204: None, **ACTING},
    auth=SIGNED_IN,
    summary="Ask a host again at once",
)
def unblock_host(
    request: HttpRequest,
    id: Id,  # noqa: A002
    reason: Reason | None = None,
) -> Status[None]:
    user = allow(request, Scope.OPERATE, "core.change_hoststate")
    row = HostState.objects.filter(pk=id).first()
    if row is None:
        raise Http404(f"No host has the id {id}.")
    if not hosts.unblock(row, by=user, reason=reason or ""):
        raise problem(409, NOTHING_TO_DO, what=f"Nothing held {row.host} back.")
    return Status(204, None)


@router.get(
    "/outcomes",
    response={200: list[OutcomeKindOut], **READING},
    summary="What the codes of outcomes mean",
)
def list_outcomes(request: HttpRequest, prefix: Text = "") -> list[dict[str, Any]]:
    return [of_kind(each) for each in outcomes.declared() if each.code.startswith(prefix)]


def _job(number: int) -> Job:
    job = Job.objects.select_related("requested_by").filter(pk=number).first()
    if job is None:
        raise Http404(f"No job has the id {number}.")
    return job
