"""Signing in and out, and the page of one's own account. django-allauth does the signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.views import LoginView
from allauth.account.views import logout as allauth_logout
from allauth.socialaccount.providers.github.views import oauth2_callback, oauth2_login
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from botsite.accounts.forms import TokenForm
from botsite.middleware import POLICY
from core.access import ACTS_AN_HOUR, View, acts, in_team
from core.models import AccessToken, Override
from core.people import handles, tokens

OWN_DECISIONS = 20


class SignIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what the button for GitHub needs: whether there is one, and where it leads after."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        after = context["redirect_field_value"]
        context["at_github"] = bool(settings.GITHUB_OAUTH_ID)
        context["passed_on"] = urlencode({"next": after}) if after else ""
        return context


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    response = SignIn.as_view()(request)
    if settings.GITHUB_OAUTH_ID:
        # Browsers apply `form-action` to where a form is redirected, too.
        policy = POLICY.replace("form-action 'self'", f"form-action 'self' {settings.GITHUB_WEB}")
        response.headers["Content-Security-Policy"] = policy
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = allauth_logout(request)
    return response


change_password = PasswordChangeView.as_view(
    template_name="account/password.html", success_url=reverse_lazy("account")
)


@require_POST
def github_login(request: HttpRequest) -> HttpResponse:
    return _by_github(oauth2_login, request)


@require_safe
def github_callback(request: HttpRequest) -> HttpResponse:
    return _by_github(oauth2_callback, request)


def _by_github(view: View, request: HttpRequest) -> HttpResponse:
    if not settings.GITHUB_OAUTH_ID:
        raise Http404("Signing in at GitHub is not set up here.")
    return view(request)


@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "account/inactive.html", status=403)


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    messages.info(request, "You did not sign in.")
    return redirect("account_login")


@never_cache
@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return _account(request, TokenForm())


@never_cache
@require_POST
@login_required
@sensitive_variables("secret")
def issue_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _account(request, form, status=422)
    _, secret = tokens.issue(
        _person(request),
        form.cleaned_data["name"],
        form.scopes_chosen,
        expires_at=form.cleaned_data["days"],
    )
    return _account(request, TokenForm(), secret=secret)


@require_POST
@login_required
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(AccessToken, pk=token_id, owner=_person(request))
    if tokens.revoke(token, by=_person(request)):
        messages.success(request, f"The token {token.name} is revoked.")
    else:
        messages.info(request, f"The token {token.name} was revoked before.")
    return redirect("account")


def _account(
    request: HttpRequest, form: TokenForm, secret: str = "", status: int = 200
) -> HttpResponse:
    user = _person(request)
    context = {
        "form": form,
        "secret": secret,
        "tokens": AccessToken.objects.filter(owner=user).order_by("-created_at")[:50],
        "handles": handles.handles_of(user),
        "in_team": in_team(user),
        "acts": acts(user),
        "most_acts": ACTS_AN_HOUR,
        "decisions": Override.objects.filter(author=user).order_by("-created_at")[:OWN_DECISIONS],
        "has_graph": apps.is_installed("graph"),
    }
    return render(request, "account/account.html", context, status=status)


def _person(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - `login_required` saw to it
    return user
