"""Errors as documents: every answer that is not what was asked for is an outcome."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from core.api.outcomes import FORBIDDEN, INVALID, NOT_FOUND, NOT_SIGNED_IN
from core.outcomes import INTERNAL, Outcome, OutcomeError, OutcomeKind
from core.overrides import name_of

log = logging.getLogger(__name__)

MAX_MESSAGE = 300


class ProblemOut(Schema):
    """Why it is not as asked, in words a person can act on. `line` counts from 1; 0 is unknown."""

    code: str
    message: str
    next: str
    file: str
    line: int
    field: str
    transient: bool


class Problem(Exception):
    """Ends a request with an outcome."""

    def __init__(self, status: int, outcome: Outcome, retry_after_s: int = 0) -> None:
        super().__init__(outcome.message)
        self.status = status
        self.outcome = outcome
        self.retry_after_s = retry_after_s


def problem(status: int, kind: OutcomeKind, *, field: str = "", **context: Any) -> Problem:
    return Problem(status, kind.outcome(field=field, **context))


def problems(*statuses: int) -> Any:
    """What an operation may answer besides what was asked for; for its `response`."""
    return dict.fromkeys(statuses, ProblemOut)


READING = problems(400, 404, 422)
ACTING = problems(400, 401, 403, 404, 409, 422, 429)


def install(api: NinjaAPI) -> None:
    """Make all errors of an API such documents."""

    def answer(request: HttpRequest, found: Problem) -> HttpResponse:
        response = api.create_response(request, found.outcome.as_dict(), status=found.status)
        if found.retry_after_s:
            response.headers["Retry-After"] = str(found.retry_after_s)
        if found.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def handle(exception: type[Exception], translate: Any) -> None:
        api.add_exception_handler(
            exception, lambda request, error: answer(request, translate(request, error))
        )

    handle(Problem, lambda request, error: error)
    handle(OutcomeError, lambda request, error: Problem(422, error.outcome))
    handle(Http404, _not_found)
    handle(PermissionDenied, _forbidden)
    handle(ValidationError, _invalid)
    handle(AuthenticationError, _not_signed_in)
    handle(HttpError, _unreadable)
    handle(Exception, _broken)


def _not_found(request: HttpRequest, error: Http404) -> Problem:
    return problem(404, NOT_FOUND, what=str(error) or "Nothing is at this address.")


def _forbidden(request: HttpRequest, error: PermissionDenied) -> Problem:
    return problem(403, FORBIDDEN, person=name_of(request.user))


def _not_signed_in(request: HttpRequest, error: AuthenticationError) -> Problem:
    return problem(401, NOT_SIGNED_IN, reason="there is no token, and no session")


def _unreadable(request: HttpRequest, error: HttpError) -> Problem:
    return problem(error.status_code, INVALID, problem=f"{error.message[:MAX_MESSAGE]}.")


def _broken(request: HttpRequest, error: Exception) -> Problem:
    log.exception("%s %s failed", request.method, request.path)
    got_request_exception.send(sender=None, request=request)
    return Problem(500, INTERNAL.outcome(error=type(error).__name__))


def _invalid(request: HttpRequest, error: ValidationError) -> Problem:
    """The first of what is wrong; `field` is where, as `query.per_page`."""
    first = error.errors[0]
    field = ".".join(str(each) for each in first["loc"])[:MAX_MESSAGE]
    message = f"{field}: {first['msg']}."[:MAX_MESSAGE]
    return problem(422, INVALID, field=field, problem=message)
