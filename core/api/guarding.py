"""Who asks, and whether they may: tokens, sessions, scopes, permissions, limits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from core import access
from core.api.outcomes import FORBIDDEN, FORGED, NOT_SIGNED_IN, SCOPE_MISSING, TOO_OFTEN
from core.api.problems import Problem, problem
from core.models import AccessToken
from core.people import tokens
from core.people.tokens import Scope

TEAM_ACTS_AN_HOUR = 2000  # a script that runs away is stopped, too
RETRY_AFTER_S = 300


class Token(HttpBearer):
    """`Authorization: Bearer botsite_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken:
        found = tokens.find(token.strip())
        if found is None:
            reason = "the token is unknown, revoked, or has ended"
            raise problem(401, NOT_SIGNED_IN, reason=reason)
        request.user = found.owner
        return found


class Session(APIKeyCookie):
    """The session of a page of this site, which must send X-CSRFToken along."""

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def __call__(self, request: HttpRequest) -> User | None:
        if "Authorization" in request.headers or not isinstance(request.user, User):
            return None
        if check_csrf(request):
            raise problem(403, FORGED)
        return request.user

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        raise NotImplementedError  # the session was looked up by Django


SIGNED_IN = [Token(), Session()]


def allow(request: HttpRequest, scope: Scope, permission: str) -> User:
    """The person who asks, if they may do this anywhere. Raises `Problem`."""
    user = _person(request, scope)
    if not access.may(user, permission):
        raise problem(403, FORBIDDEN, person=user.get_username())
    return _unhurried(user)


def allow_on(request: HttpRequest, scope: Scope, key: str) -> User:
    """The person who asks, if they may do this to the package of a key. Raises `Problem`."""
    user = _person(request, scope)
    if not access.may_act_on(user, key):
        raise problem(403, FORBIDDEN, person=user.get_username())
    return _unhurried(user)


def _person(request: HttpRequest, scope: Scope) -> User:
    proof: AccessToken | User = request.auth  # type: ignore[attr-defined]
    if isinstance(proof, User):
        return proof
    if scope not in proof.scopes:
        raise problem(403, SCOPE_MISSING, token=proof.name, scope=scope.value)
    return proof.owner


def _unhurried(user: User) -> User:
    most = TEAM_ACTS_AN_HOUR if access.in_team(user) else access.ACTS_AN_HOUR
    if access.acts(user) >= most:
        outcome = TOO_OFTEN.outcome(person=user.get_username(), acts=most)
        raise Problem(429, outcome, retry_after_s=RETRY_AFTER_S)
    return user
