"""What is watched and what was found, for programs."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from core.api.fields import Key, Reason, Text
from core.api.guarding import SIGNED_IN, allow
from core.api.outcomes import NOTHING_TO_DO
from core.api.paging import AskedPage, AskedStretch, Page, paged, stretched
from core.api.problems import ACTING, READING, Problem, problem
from core.api.routes import Id
from core.people.tokens import Scope
from versions import documents, sweep
from versions.documents import (
    CandidateOut,
    ChangeOut,
    ReleaseOut,
    SweepInFullOut,
    SweepOut,
    WatchedOut,
)
from versions.models import AmbiguousName, Package, Sweep, VersionChange
from versions.outcomes import AMBIGUOUS_NAME, UNKNOWN_NAME
from versions.planning import dispatch

router = Router(tags=["versions"])
# Wide columns that no document shows.
UNSHOWN = ("urls", "settings", "remarks", "problems")


class RetryIn(Schema):
    outcome: Text = Field(description="The code of an outcome, as `http.timeout`.", min_length=1)
    reason: Reason | None = None


class RetryOut(Schema):
    """How many packages are tried again."""

    retried: int


@router.get("/watched", response={200: Page[WatchedOut], **READING}, summary="What is watched")
def list_watched(
    request: HttpRequest,
    asked: AskedPage,
    q: Text = "",
    outcome: Text = "",
    owner: Text = "",
    lane: Text = "",
    state: Literal["due", "dead"] | None = None,
) -> dict[str, Any]:
    """`due` are to be looked up now, `dead` fail again and again."""
    of_state = {"due": Package.objects.due(timezone.now()), "dead": Package.objects.dead_letters()}
    found = of_state[state] if state else Package.objects.watched()
    given = {"name__icontains": q, "outcome_code": outcome, "owner": owner, "lane": lane}
    rows = found.filter(Q(**{key: text for key, text in given.items() if text}))
    return paged(request, rows.order_by("name", "key").defer(*UNSHOWN), asked, documents.of_watched)


@router.get(
    "/candidates/{key:key}",
    response={200: Page[CandidateOut], **READING, 409: READING[404]},
    summary="What upstream has of a package, with the verdict on each",
)
def list_candidates(request: HttpRequest, key: Key, asked: AskedPage) -> dict[str, Any]:
    return paged(request, named(key).candidates.all(), asked, documents.of_candidate)


@router.get(
    "/history/{key:key}",
    response={200: Page[ChangeOut], **READING, 409: READING[404]},
    summary="How the latest version of a package changed, newest first",
)
def list_history(request: HttpRequest, key: Key, asked: AskedPage) -> dict[str, Any]:
    return paged(request, named(key).changes.all(), asked, documents.of_change)


@router.get(
    "/releases",
    response={200: Page[ReleaseOut], **READING},
    summary="New versions of all packages, newest first",
)
def list_releases(request: HttpRequest, asked: AskedStretch, source: Text = "") -> dict[str, Any]:
    rows = VersionChange.objects.select_related("package")
    rows = rows.defer(*(f"package__{column}" for column in UNSHOWN))
    return stretched(
        request, rows.filter(source=source) if source else rows, asked, documents.of_release
    )


@router.get("/sweeps", response={200: Page[SweepOut], **READING}, summary="Sweeps, newest first")
def list_sweeps(request: HttpRequest, asked: AskedStretch) -> dict[str, Any]:
    return stretched(request, Sweep.objects.defer("lanes", "hosts"), asked, documents.of_sweep)


@router.get("/sweeps/{id}", response={200: SweepInFullOut, **READING}, summary="One sweep")
def get_sweep(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002 - as in the address
    return documents.of_sweep_in_full(_sweep(id))


@router.post(
    "/sweeps/{id}/cancel",
    response={200: SweepOut, **ACTING},
    auth=SIGNED_IN,
    summary="Cancel a sweep",
)
def cancel_sweep(
    request: HttpRequest,
    id: Id,  # noqa: A002
    reason: Reason | None = None,
) -> dict[str, Any]:
    user = allow(request, Scope.OPERATE, "versions.change_sweep")
    if not sweep.cancel(_sweep(id), by=user, reason=reason or ""):
        raise problem(409, NOTHING_TO_DO, what="The sweep is over.")
    return documents.of_sweep(_sweep(id))


@router.post(
    "/retries",
    response={200: RetryOut, **ACTING},
    auth=SIGNED_IN,
    summary="Try all packages again that failed with one outcome",
)
def retry(request: HttpRequest, asked: RetryIn) -> dict[str, int]:
    user = allow(request, Scope.OPERATE, "versions.change_package")
    retried = dispatch.retry_by_outcome(asked.outcome, by=user, reason=asked.reason or "")
    return {"retried": retried}


def named(name: str) -> Package:
    """The package of a key, or of a name that only one has. Raises Problem (404, 409)."""
    try:
        return Package.objects.by_name(name)
    except Package.DoesNotExist:
        raise problem(404, UNKNOWN_NAME, name=name) from None
    except AmbiguousName as error:
        raise ambiguous(error, name) from None


def ambiguous(error: AmbiguousName, name: str) -> Problem:
    return problem(409, AMBIGUOUS_NAME, name=name, keys=", ".join(error.keys))


def _sweep(number: int) -> Sweep:
    found = Sweep.objects.filter(pk=number).first()
    if found is None:
        raise Http404(f"No sweep has the id {number}.")
    return found
