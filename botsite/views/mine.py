"""From the menu to what is one's own."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from core.people import handles


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The page of the maintainer; the account for who has several handles, or none."""
    names = handles.handles_of(request.user)
    if len(names) == 1 and apps.is_installed("graph"):
        return redirect("graph:maintainer", names[0])
    return redirect("account")
