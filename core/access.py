"""Who may do what: anyone reads, staff and those with the permission act."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

View = Callable[..., HttpResponse]


def may(user: User | AnonymousUser, permission: str) -> bool:
    """`permission` is Django's, as `versions.change_package`; staff may do all that pages offer."""
    return user.is_staff or user.has_perm(permission)


def requires(permission: str) -> Callable[[View], View]:
    """Strangers are asked to log in and come back to the page they acted on; others get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(page_before(request))
            if not may(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from, or the first page."""
    sender = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        sender, {request.get_host()}, require_https=request.is_secure()
    )
    return sender if ours else "/"
