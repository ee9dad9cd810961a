"""Proposals, and what could not be proposed, for programs."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from core.api.documents import JobOut, of_job
from core.api.fields import Key, Text
from core.api.guarding import SIGNED_IN, allow, allow_on
from core.api.outcomes import NOTHING_TO_DO
from core.api.paging import AskedPage, AskedStretch, Page, paged, stretched
from core.api.problems import ACTING, READING, problem
from core.api.routes import Id
from core.jobs import enqueue
from core.people.tokens import Scope
from graph.api import named
from pulls import documents
from pulls.acts import rejections
from pulls.documents import ProposalInFullOut, ProposalOut, TryOut
from pulls.making.retrying import retry_by_outcome
from pulls.models import Attempt, PullRequest

Row = TypeVar("Row", PullRequest, Attempt)
router = Router(tags=["proposals"])
StateAsked = Literal["proposed", "open", "merged", "closed", "superseded", "withdrawn"]
# Long texts that lists don't show.
UNSHOWN = ("body", "diff", "edits", "recipe", "labels", "feedstock__outcome")


class OutcomeAsked(Schema):
    outcome: Text = Field(description="The code of an outcome, as `http.timeout`.", min_length=1)


class TriedAgainOut(Schema):
    """How many are tried again."""

    retried: int


@router.get(
    "/proposals",
    response={200: Page[ProposalOut], **READING},
    summary="Proposals, the last to be made for the first time first",
)
def list_proposals(
    request: HttpRequest,
    asked: AskedStretch,
    state: StateAsked | None = None,
    package: Text = "",
    maintainer: Text = "",
    outcome: Text = "",
) -> dict[str, Any]:
    rows = PullRequest.objects.select_related("feedstock").defer(*UNSHOWN)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(outcome_code=outcome) if outcome else rows
    return stretched(request, _of(rows, package, maintainer), asked, documents.of_proposal)


@router.get(
    "/proposals/{id}",
    response={200: ProposalInFullOut, **READING},
    summary="One proposal, with its words and its diff",
)
def get_proposal(request: HttpRequest, id: Id) -> dict[str, Any]:  # noqa: A002 - as in the address
    row = PullRequest.objects.select_related("feedstock__channel").filter(pk=id).first()
    if row is None:
        raise Http404(f"No proposal has the id {id}.")
    return documents.of_proposal_in_full(row)


@router.get(
    "/tries",
    response={200: Page[TryOut], **READING},
    summary="What is outdated and could not be proposed, the last tried first",
)
def list_tries(
    request: HttpRequest,
    asked: AskedPage,
    outcome: Text = "",
    package: Text = "",
    maintainer: Text = "",
) -> dict[str, Any]:
    rows = Attempt.objects.failed().select_related("feedstock").defer("feedstock__outcome")
    rows = rows.filter(outcome_code=outcome) if outcome else rows
    found = _of(rows, package, maintainer).order_by("-finished_at", "-pk")
    return paged(request, found, asked, documents.of_try)


@router.post(
    "/tries/{key:key}",
    response={202: JobOut, **ACTING},
    auth=SIGNED_IN,
    summary="Have the proposal for a package's newest version made anew",
)
def try_again(request: HttpRequest, key: Key) -> Status[dict[str, Any]]:
    feedstock = named(key)
    user = allow_on(request, Scope.CHECK, feedstock.key)
    if not feedstock.outdated or not feedstock.is_present:
        raise problem(409, NOTHING_TO_DO, what=f"{feedstock.key} is not outdated.")
    rejections.allow(feedstock, feedstock.new_version, by=user)
    return Status(202, of_job(enqueue("pulls.propose", by=user)))


@router.post(
    "/tries",
    response={200: TriedAgainOut, **ACTING},
    auth=SIGNED_IN,
    summary="Try all proposals again that failed with one outcome",
)
def try_all_again(request: HttpRequest, asked: OutcomeAsked) -> dict[str, int]:
    user = allow(request, Scope.OPERATE, "pulls.change_pullrequest")
    return {"retried": retry_by_outcome(asked.outcome, by=user)}


def _of(rows: QuerySet[Row], package: str, maintainer: str) -> QuerySet[Row]:
    """Those of one package, by its key or name, and of one maintainer, if these are given."""
    if package:
        column = "feedstock__key" if "/" in package else "feedstock__name"
        rows = rows.filter(**{column: package})
    if maintainer:
        rows = rows.filter(feedstock__maintainers__handle=maintainer.lower())
    return rows
