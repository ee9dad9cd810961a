"""What spans the apps: a package as a whole, why it has no pull request, what people do to it."""

from __future__ import annotations

from typing import Annotated, Any

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from botsite import pipeline, subject
from botsite.api import documents
from botsite.api.documents import (
    BotOut,
    ConditionOut,
    DecisionIn,
    DecisionOut,
    OccurrenceOut,
    PackageOut,
)
from botsite.health import health
from botsite.outcome_counts import occurring
from botsite.subject import Subject
from core.api.documents import JobOut, of_job
from core.api.fields import Key
from core.api.guarding import SIGNED_IN, allow_on
from core.api.outcomes import INVALID, NOTHING_TO_DO
from core.api.problems import ACTING, READING, problem
from core.models import Override
from core.people.tokens import Scope
from versions import decisions
from versions.api import ambiguous
from versions.forms import FORMS, ReasonForm, decision_form
from versions.models import AmbiguousName, Package
from versions.outcomes import UNKNOWN_NAME

router = Router(tags=["packages"])
DecisionId = Annotated[int, Field(ge=1, le=2**63 - 1)]
NAMED = {**READING, 409: READING[404]}


@router.get("/status", response={200: BotOut, **READING}, summary="Is the bot well?")
def get_status(request: HttpRequest) -> dict[str, Any]:
    found = health()
    return {
        "version": settings.VERSION,
        "alive": found.alive,
        "heartbeat_age_s": found.age_s,
        "alarms": [each.as_dict() for each in found.alarms],
        "packages": _status_counts(),
    }


@router.get(
    "/occurrences",
    response={200: list[OccurrenceOut], **READING},
    summary="Which outcomes occur, the most frequent first",
)
def list_occurrences(request: HttpRequest) -> list[dict[str, Any]]:
    return [documents.of_occurrence(each) for each in occurring()]


@router.get("/packages/{key:key}", response={200: PackageOut, **NAMED}, summary="One package")
def get_package(request: HttpRequest, key: Key) -> dict[str, Any]:
    return documents.of_subject(_subject(key))


@router.get(
    "/conditions/{key:key}",
    response={200: list[ConditionOut], **NAMED},
    summary="Why there is no pull request for a package, in pipeline order",
)
def list_conditions(request: HttpRequest, key: Key) -> list[dict[str, Any]]:
    return [documents.of_condition(each) for each in _subject(key).conditions]


@router.post(
    "/checks/{key:key}",
    response={202: JobOut, **ACTING},
    auth=SIGNED_IN,
    summary="Look upstream for a package now",
)
def check(request: HttpRequest, key: Key) -> Status[dict[str, Any]]:
    package = _watched(key)
    user = allow_on(request, Scope.CHECK, package.key)
    return Status(202, of_job(pipeline.check_now(package.key, user)))


@router.get(
    "/decisions/{key:key}",
    response={200: list[DecisionOut], **NAMED},
    summary="What people decided about a package, and is in force",
)
def list_decisions(request: HttpRequest, key: Key) -> list[dict[str, Any]]:
    return [documents.of_decision(each) for each in _subject(key).decisions]


@router.post(
    "/decisions/{key:key}",
    response={200: list[DecisionOut], **ACTING},
    auth=SIGNED_IN,
    summary="Decide on a package; answers with all decisions that are then in force",
)
def decide(request: HttpRequest, key: Key, asked: DecisionIn) -> list[dict[str, Any]]:
    package = _watched(key)
    user = allow_on(request, Scope.DECIDE, package.key)
    form = _valid(package, asked)
    decisions.ACTIONS[asked.kind](package, by=user, **form.cleaned_data)
    pipeline.settle(package.key, user)
    return list_decisions(request, package.key)


@router.delete(
    "/decisions/{key:key}",
    response={200: list[DecisionOut], **ACTING},
    auth=SIGNED_IN,
    summary="Undo a decision; answers with all that are still in force",
)
def undo(request: HttpRequest, key: Key, decision: DecisionId) -> list[dict[str, Any]]:
    package = _watched(key)
    user = allow_on(request, Scope.DECIDE, package.key)
    try:
        decisions.undo(package, decision, by=user)
    except Override.DoesNotExist:
        raise problem(409, NOTHING_TO_DO, what="That decision is not in force.") from None
    pipeline.settle(package.key, user)
    return list_decisions(request, package.key)


def _subject(name: str) -> Subject:
    try:
        return subject.find(name)
    except subject.NoSuchPackage:
        raise problem(404, UNKNOWN_NAME, name=name) from None
    except AmbiguousName as error:
        raise ambiguous(error, name) from None


def _watched(name: str) -> Package:
    found = _subject(name)
    if found.package is None or found.package.retired_at is not None:
        raise Http404(f"{found.key} is not watched.")
    return found.package


def _valid(package: Package, asked: DecisionIn) -> ReasonForm:
    """The form of the page, filled in. Raises Problem that names the field."""
    kinds = {form.kind: form for form in FORMS}
    given = asked.dict()
    data = {name: str(value) for name, value in given.items() if value is not None}
    form = decision_form(kinds[asked.kind], decisions.sources_of(package), data=data)
    for field, errors in form.errors.items():
        raise problem(422, INVALID, field=f"body.{field}", problem=f"{field}: {errors[0]}")
    return form


def _status_counts() -> dict[str, int]:
    if not apps.is_installed("graph"):
        return {}
    from graph.models import Feedstock

    return Feedstock.objects.status_counts()
